/**
 * Everything in a system error, to compare it all at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { constants } from "node:os";

/** The `errno` of a code, negative as Node has it. */
export function errno(code: string): number {
  if (code === "ENOTFOUND") return -3008; // libuv's own, the same everywhere
  const number = constants.errno[code as keyof typeof constants.errno];
  assert.equal(typeof number, "number", `this system has no ${code}`);
  return -number;
}

/** Everything in `error`: its own fields, its name and its message. */
export function fields(error: Error): Record<string, unknown> {
  assert.ok(error instanceof Error);
  return { ...error, name: error.name, message: error.message };
}
