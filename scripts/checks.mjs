/**
 * The checks that `npm test` runs before the tests, two at a time.
 *
 * @module
 */
import process from "node:process";
import { pool, run } from "./processes.mjs";
import { CROSS, dim, elapsed, log, setStatus, TICK } from "./terminal.mjs";

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
      args: ["test", "-q", "--doc", "--allow-net", ...DOCUMENTED],
    },
    { name: "deno check", command: deno, args: ["check", "-q", ...SOURCES] },
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
  /** @type {Set<string>} */
  const current = new Set();
  const show = () => setStatus([...current].join(", "));
  await pool(checks, 2, async (check) => {
    const since = Date.now();
    current.add(check.name);
    show();
    const { code, output } = await run(check.command, check.args);
    current.delete(check.name);
    show();
    const ok = code === 0;
    result[ok ? "passed" : "failed"]++;
    log(`  ${ok ? TICK : CROSS} ${check.name}  ${dim(elapsed(since))}`);
    if (ok) return;
    log(output.trimEnd().replaceAll(/^/gm, dim("    │ ")));
    result.failures.push({ where: "Checks", name: check.name, error: output });
  });
  setStatus("");
  result.time = elapsed(started);
  return result;
}

/** Only the build: Node runs the compiled files. */
export function runBuild() {
  return runAll([BUILD]);
}

/**
 * Every check, and the build. The build comes first, since others look at what
 * it makes; then the longest ones, so that none runs alone at the end.
 *
 * @param {Runtime | undefined} deno
 * @returns {Promise<CheckResult>}
 */
export async function runChecks(deno) {
  const started = Date.now();
  const build = await runBuild();
  const others = await runAll([
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
    { name: "tsc", command: node, args: [tsc, "-p", "."] },
    { name: "layers", command: node, args: ["scripts/layers/check.mjs"] },
    {
      name: "docs/architecture.md",
      command: node,
      args: ["scripts/check_architecture.mjs"],
    },
  ]);
  return {
    passed: build.passed + others.passed,
    failed: build.failed + others.failed,
    skipped: 0,
    time: elapsed(started),
    failures: [...build.failures, ...others.failures],
  };
}
