/**
 * The runtime the tests run on. No other file of the tests asks for it.
 *
 * @module
 */
import process from "node:process";

/** A runtime of the matrix. */
export type RuntimeName = "deno" | "bun" | "node";

function detect(): RuntimeName {
  const { versions } = process;
  if ("deno" in versions) return "deno";
  return "bun" in versions ? "bun" : "node";
}

/** `"deno"`, `"bun"` or `"node"`. */
export const runtimeName: RuntimeName = detect();
