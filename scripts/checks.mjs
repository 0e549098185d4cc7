/**
 * The checks of `npm test`, and the build.
 *
 * @module
 */
import process from "node:process";
import { run } from "./processes.mjs";
import { enqueue } from "./queue.mjs";
import { CROSS, dim, elapsed, log, TICK } from "./terminal.mjs";

/**
 * @typedef {import("./runtimes.mjs").Runtime} Runtime
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args
 *
 * @typedef {object} CheckResult
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} time
 * @property {import("./outcome.mjs").Failure[]} failures
 */

const node = process.execPath;
const tsc = "node_modules/typescript/bin/tsc";
const DOCUMENTED = ["mod.ts", "register", "runtime", "polyfills", "testing"];
const SOURCES = [...DOCUMENTED, "tests", "demo", "bench"];

/** @type {Check} */
const BUILD = { name: "build", command: node, args: ["scripts/build.mjs"] };

/**
 * @param {string} deno
 * @returns {Check[]}
 */
function denoChecks(deno) {
  return [
    {
      name: "examples of the doc comments",
      command: deno,
      args: ["test", "-q", "--doc", "--no-check", "--allow-net", ...DOCUMENTED],
    },
    {
      name: "deno check, of the examples as well",
      command: deno,
      args: ["check", "-q", "--doc", ...SOURCES],
    },
    {
      name: "deno publish --dry-run",
      command: deno,
      args: ["publish", "--dry-run", "--allow-dirty"],
    },
    {
      name: "deno doc --lint, members on the pages",
      command: node,
      args: ["scripts/check_docs.mjs"],
    },
    { name: "deno lint", command: deno, args: ["lint"] },
    { name: "deno fmt --check", command: deno, args: ["fmt", "--check"] },
  ];
}

/**
 * @param {readonly Check[]} checks
 * @returns {Promise<CheckResult>}
 */
async function runAll(checks) {
  const started = Date.now();
  /** @type {CheckResult} */
  const result = { passed: 0, failed: 0, skipped: 0, time: "", failures: [] };
  /** @param {Check} check */
  const runCheck = async (check) => {
    const since = Date.now();
    const { code, output } = await run(check.command, check.args);
    const ok = code === 0;
    result[ok ? "passed" : "failed"]++;
    log(`  ${ok ? TICK : CROSS} ${check.name}  ${dim(elapsed(since))}`);
    if (ok) return;
    log(output.trimEnd().replaceAll(/^/gm, dim("    │ ")));
    result.failures.push({ where: "Checks", name: check.name, error: output });
  };
  await Promise.all(
    checks.map((check) => enqueue(check.name, () => runCheck(check))),
  );
  result.time = elapsed(started);
  return result;
}

/** Node runs the compiled files, and several checks look at them. */
export function runBuild() {
  return runAll([BUILD]);
}

/**
 * Every check, the longest ones first.
 *
 * @param {Runtime | undefined} deno
 * @returns {Promise<CheckResult>}
 */
export function runChecks(deno) {
  return runAll([
    {
      name: "npm pack, in empty projects",
      command: node,
      args: ["scripts/check_package.mjs"],
    },
    ...deno ? denoChecks(deno.path) : [],
    {
      name: "bundlers, as docs/drop-in.md has them",
      command: node,
      args: ["scripts/package/check_bundlers.mjs"],
    },
    // The build has checked the TypeScript.
    {
      name: "tsc, of the scripts",
      command: node,
      args: [tsc, "-p", "scripts"],
    },
    { name: "layers", command: node, args: ["scripts/layers/check.mjs"] },
    {
      name: "docs/architecture.md",
      command: node,
      args: ["scripts/check_architecture.mjs"],
    },
  ]);
}
