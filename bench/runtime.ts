/**
 * The runtime the benchmark runs on. No other file of the benchmark asks for
 * it.
 *
 * @module
 */
import process from "node:process";

/** A runtime that is compared. */
export type RuntimeName = "deno" | "bun" | "node";

function detect(): RuntimeName {
  const { versions } = process;
  if ("deno" in versions) return "deno";
  return "bun" in versions ? "bun" : "node";
}

/** `"deno"`, `"bun"` or `"node"`. */
export const runtimeName: RuntimeName = detect();

interface Collectors {
  gc?(): void;
  Bun?: { gc(wait: boolean): void };
}

/** Collects all garbage. */
export function collectGarbage(): void {
  const { Bun, gc } = globalThis as Collectors;
  if (Bun) Bun.gc(true);
  else if (gc) gc();
  else throw new Error("run with --expose-gc");
}
