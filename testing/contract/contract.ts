/**
 * The adapter contract as tests: every rule of `runtime/adapter.ts`, checked on
 * the backend itself, without the shared layer.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import type { RuntimeAdapter } from "../../runtime/adapter.ts";
import { Lab } from "./lab.ts";
import type { Suite } from "./suite.ts";
import { bindRules } from "./rules/bind.ts";
import { closingRules } from "./rules/closing.ts";
import { connectRules } from "./rules/connect.ts";
import { endingRules } from "./rules/ending.ts";
import { exceptionRules, type StartProgram } from "./rules/exceptions.ts";
import { listenRules } from "./rules/listen.ts";
import { pipeRules } from "./rules/pipe.ts";
import { readingRules } from "./rules/reading.ts";
import { resetRules } from "./rules/reset.ts";
import { writingRules } from "./rules/writing.ts";

/** What a backend is asked to show. */
export interface ContractOptions {
  /** Why none of it is run here. */
  skip?: string | undefined;
  /** `false` if a path is only a name, and no file appears there. */
  readonly files?: boolean;
  /**
   * The program that calls {@linkcode throwInSinks} with this backend: its
   * module, which is run without flags and on Deno with all permissions, or what
   * starts it, with its output in pipes. Without it, the tests of exceptions are
   * skipped.
   */
  readonly exceptions?: URL | StartProgram;
  /**
   * `false` if a listener on every interface takes IPv4 only. It does on Deno
   * for Windows, which has no option for both.
   */
  readonly dualStack?: boolean;
}

/**
 * Declare the tests of the contract for one backend, with `node:test`.
 *
 * @param name Begins the name of each test.
 * @param adapter The backend.
 *
 * @example A test file of a backend
 * ```ts ignore
 * import { adapterContract } from "@isonet/net/testing/adapter";
 * import { myAdapter } from "../my_adapter.ts";
 *
 * adapterContract("mine", myAdapter, {
 *   exceptions: new URL("./my_exceptions.ts", import.meta.url),
 * });
 * ```
 */
export function adapterContract(
  name: string,
  adapter: RuntimeAdapter,
  options: ContractOptions = {},
): void {
  const files = options.files ?? true;
  // Without files, the system has no part in it.
  const isWindows = files && process.platform === "win32";
  const suite: Suite = {
    adapter,
    kinds: adapter.capabilities.pipe ? ["tcp", "pipe"] : ["tcp"],
    files,
    takesAnyWrite: isWindows && "Windows may take a write of any size at once",
    hasNamedPipes: isWindows && "a named pipe is no Unix socket",
    dualStack: options.dualStack ?? true,
    // Unix tells of a reset once, and says EPIPE from then on.
    lostCode: isWindows ? /^(EPIPE|ECONNRESET|ECONNABORTED)$/ : /^EPIPE$/,
    noHalfClose: (kind) =>
      kind === "pipe" && isWindows && "a named pipe ends in both directions",
    check(rule, run, given = false) {
      const skip = given || (options.skip ?? false);
      test(`${name} adapter: ${rule}`, { skip }, async () => {
        const lab = new Lab(adapter);
        try {
          await run(lab);
        } finally {
          await lab.end();
        }
        assert.deepEqual(lab.broken, []);
      });
    },
  };
  connectRules(suite);
  listenRules(suite);
  readingRules(suite);
  writingRules(suite);
  endingRules(suite);
  resetRules(suite);
  closingRules(suite);
  if (adapter.capabilities.pipe) pipeRules(suite);
  bindRules(suite);
  exceptionRules(suite, options.exceptions);
}
