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

/** How a runtime is started, and how it loads this package first. */
const FLAGS = {
  node: { first: [], load: ["--import", "isonet"] },
  bun: { first: [], load: ["--preload", "isonet"] },
  deno: { first: DENO, load: ["--import", "npm:isonet"] },
};

/**
 * Run one case.
 *
 * @param {import("../../scripts/runtimes.mjs").Runtime} runtime
 * @param {import("./scenarios/all.mjs").Scenario["way"] | "own"} way How it gets
 *   sockets of this package, or `own` if it gets none.
 * @param {string[]} args Of the worker.
 * @returns {Promise<string>} Empty if it passed, or what it printed.
 */
export async function failureOf(runtime, way, args) {
  const { first, load } = FLAGS[runtime.name];
  const { code, timedOut, output, stdout } = await run(runtime.path, [
    ...first,
    ...way?.startsWith("register") ? [load[0] ?? "", `${load[1]}/${way}`] : [],
    join(PROGRAMS, "worker.mjs"),
    ...args,
  ], { cwd: FOLDER, seconds: LIMIT });
  const passed = /^passed$/m.test(stdout);
  if (code === 0 && passed) return "";
  if (timedOut && passed) return "done, but the process did not end";
  return output || `ended with ${code}`;
}
