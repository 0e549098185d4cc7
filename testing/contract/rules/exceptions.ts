import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Results } from "../exceptions/results.ts";
import { scenarios } from "../exceptions/scenarios.ts";
import type { Suite } from "../suite.ts";

/** Runs a program that calls `throwInSinks`, its output in pipes. */
export type StartProgram = () => ChildProcess;

function startModule(url: URL): ChildProcess {
  return fork(fileURLToPath(url), [], {
    // Those of a test runner are not for it.
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

/**
 * Exceptions of sinks are uncaught exceptions, and the connection goes on. A
 * program of its own throws them: `bun test` takes each for a failure, whatever
 * listens to it.
 */
export function exceptionRules(
  { check, files, kinds, noHalfClose }: Suite,
  program: URL | StartProgram | undefined,
): void {
  let results: Results | undefined;
  const start = () =>
    new Results(program instanceof URL ? startModule(program) : program!());
  /** Tests that have no result yet. */
  let left = 0;
  // Without files, the system has no part in it.
  const noReset = files && process.platform !== "linux" &&
    "only Linux resets a path that is closed over unread bytes";
  for (const kind of kinds) {
    for (const scenario of Object.keys(scenarios)) {
      const resets = kind === "pipe" && scenario === "onError of a connection";
      const skip = !program
        ? "no program was given that throws: ContractOptions.exceptions"
        : noHalfClose(kind) || (resets && noReset);
      if (!skip) left++;
      check(
        `an exception in ${scenario} is uncaught, and the rest goes on [${kind}]`,
        async () => {
          results ??= start();
          try {
            assert.equal(await results.of(kind, scenario), "");
          } finally {
            if (--left === 0) results.stop();
          }
        },
        skip,
      );
    }
  }
}
