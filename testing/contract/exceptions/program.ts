/**
 * The program that throws in the sinks of a backend, and tells how it went.
 *
 * @module
 */
import process from "node:process";
import type { RuntimeAdapter } from "../../../runtime/adapter.ts";
import { MARK, type Result } from "./results.ts";
import { scenarios } from "./scenarios.ts";
import { Stage } from "./stage.ts";

/** How {@linkcode throwInSinks} goes about it. */
export interface ThrowOptions {
  /** How long a scenario may take, in milliseconds; 8000 if left out. */
  readonly patience?: number;
}

/**
 * Throw in each method of each sink of a backend, print what comes of it for the
 * test that started the program, and end the process.
 *
 * It takes a program of its own, which does nothing else: a test runner would
 * take each exception for a failure.
 *
 * @param adapter The backend.
 *
 * @example The whole of a program, for `exceptions` of `ContractOptions`
 * ```ts ignore
 * import { throwInSinks } from "@isonet/net/testing/adapter";
 * import { myAdapter } from "../my_adapter.ts";
 *
 * await throwInSinks(myAdapter);
 * ```
 */
export async function throwInSinks(
  adapter: RuntimeAdapter,
  { patience = 8000 }: ThrowOptions = {},
): Promise<void> {
  let stage: Stage | undefined;
  process.on("uncaughtException", (error: unknown, origin: string) => {
    stage?.caught(error, origin);
  });
  process.on("unhandledRejection", (reason: unknown) => {
    stage?.caught(reason, "unhandledRejection");
  });
  const kinds = adapter.capabilities.pipe
    ? ["tcp", "pipe"] as const
    : ["tcp"] as const;
  for (const kind of kinds) {
    for (const [scenario, run] of Object.entries(scenarios)) {
      stage = new Stage(adapter, kind);
      const problem = await stage.play(run, patience);
      await print({ kind, scenario, problem });
    }
  }
  process.exit(0);
}

function print(result: Result): Promise<void> {
  const line = `${MARK}${JSON.stringify(result)}\n`;
  return new Promise((resolve) => {
    process.stdout.write(line, () => resolve());
  });
}
