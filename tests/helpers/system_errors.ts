/**
 * Everything in a system error, to compare it all at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { systemErrorMap } from "../../runtime/errors.ts";
import { isDenoBefore } from "./runtime.ts";

/**
 * The `errno` of a code, negative as Node has it. On Windows, the numbers of
 * `os.constants.errno` are other ones.
 */
export function errno(code: string): number {
  if (code === "ENOTFOUND") return -3008; // libuv's own, the same everywhere
  for (const [number, [name]] of systemErrorMap()) {
    if (name === code) return number;
  }
  assert.fail(`this system has no ${code}`);
}

/**
 * The `errno` of the runtime's own lookup for a name without an address. Deno
 * 2.8.0 has the number of `EAI_NODATA`.
 */
export const notFoundErrno: number = isDenoBefore("2.8.1")
  ? -3007
  : errno("ENOTFOUND");

/** Everything in `error`: its own fields, its name and its message. */
export function fields(error: Error): Record<string, unknown> {
  assert.ok(error instanceof Error);
  return { ...error, name: error.name, message: error.message };
}
