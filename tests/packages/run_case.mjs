/**
 * Runs one case in a process of its own.
 *
 * @module
 */
import { join } from "node:path";
import { run } from "../../scripts/processes.mjs";
import { FOLDER, PROGRAMS } from "./install.mjs";

/** Seconds one case may take. */
const LIMIT = 60;

const DENO = ["run", "--quiet", "--allow-all", "--no-check", "--cached-only"];

/** How a runtime is started, and how this package comes into the place of `net`. */
const FLAGS = {
  node: { first: [], register: ["--import", "isonet/register"] },
  bun: { first: [], register: ["--preload", "isonet/register"] },
  deno: { first: DENO, register: ["--import", "npm:isonet/register"] },
};

/**
 * Run one case.
 *
 * @param {import("../../scripts/runtimes.mjs").Runtime} runtime
 * @param {"isonet" | "own"} contestant
 * @param {string[]} args Of the worker.
 * @returns {Promise<string>} Empty if it passed, or what it printed.
 */
export async function failureOf(runtime, contestant, args) {
  const { first, register } = FLAGS[runtime.name];
  const { code, timedOut, output, stdout } = await run(runtime.path, [
    ...first,
    ...contestant === "isonet" ? register : [],
    join(PROGRAMS, "worker.mjs"),
    ...args,
  ], { cwd: FOLDER, seconds: LIMIT });
  const passed = /^passed$/m.test(stdout);
  if (code === 0 && passed) return "";
  if (timedOut && passed) return "done, but the process did not end";
  return output || `ended with ${code}`;
}
