/**
 * Runs Node's own tests of `net` against this package and compares with
 * `expectations.json`, where every test that does not pass has its reason.
 *
 *     npm run conformance -- --suite <Node's test folder> [--set neighbours]
 *                            [--runtime NAME] [--filter TEXT] [--own]
 *                            [--register] [--table] [--verbose] [--no-build]
 *
 * `--set neighbours` runs the tests of `tls`, `http`, `child_process` and the
 * like that load `net`, and compares with `expectations_neighbours.json`. What
 * fails there with the runtime's own `net`, too, is not up to this package,
 * and not listed.
 *
 * The tests are copied with their `net` rewritten to this package; with
 * `--register` they are left as they are, and run under `isonet/register`.
 * `--own` runs the same tests against the runtime's own `net`; `--table`
 * writes the table of the set into `docs/compatibility.md`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { pool, run } from "../../scripts/processes.mjs";
import { checkNames, findByName, NODE_NAMES } from "../../scripts/runtimes.mjs";
import {
  bold,
  CROSS,
  dim,
  elapsed,
  log,
  setStatus,
  table,
  TICK,
} from "../../scripts/terminal.mjs";
import { writeTable } from "./report.mjs";
import { runTest } from "./run_test.mjs";
import { copySuite, isSuite, listTests, SETS } from "./suite.mjs";

/** @typedef {import("../../scripts/runtimes.mjs").Runtime} Runtime */
/** @typedef {import("./suite.mjs").SetName} SetName */
/** @typedef {Record<string, Record<string, string>>} Expectations */

/** Names that `--runtime` takes; all of them run if it is left out. */
const NAMES = ["deno", "bun", ...NODE_NAMES];

const HELP = `npm run conformance -- --suite <folder> [options]

  --suite <folder>   Node's tests: \`test\` of a checkout of nodejs/node or of
                     denoland/node_test
  --runtime <name>   may be repeated: ${NAMES.join(", ")};
                     all of them if left out
  --filter <text>    only tests whose file name contains it
  --own              test the runtime's own net in place of this package
  --table            write the table of docs/compatibility.md
  --verbose          print the output of each test that fails
  --no-build         run what was built before
  --help             print this`;

const { values: options } = parseArgs({
  options: {
    suite: { type: "string" },
    set: { type: "string", default: "net" },
    runtime: { type: "string", multiple: true },
    filter: { type: "string" },
    own: { type: "boolean" },
    register: { type: "boolean" },
    table: { type: "boolean" },
    verbose: { type: "boolean" },
    "no-build": { type: "boolean" },
    help: { type: "boolean" },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit();
}
checkNames(options.runtime ?? [], NAMES);

/** @type {Record<SetName, string>} */
const EXPECTATIONS = {
  net: "expectations.json",
  neighbours: "expectations_neighbours.json",
};

/**
 * @param {SetName} set
 * @returns {Expectations}
 */
function readExpectations(set) {
  const file = new URL(EXPECTATIONS[set], import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * @param {Runtime} runtime
 * @param {string} suite
 * @param {import("./suite.mjs").Test[]} tests
 * @param {import("./suite.mjs").Way} way
 * @returns {Promise<Set<string>>} Names of the tests that failed.
 */
async function runAll(runtime, suite, tests, way) {
  const copy = copySuite(suite, tests, way);
  /** @type {Set<string>} */
  const failed = new Set();
  let done = 0;
  /** @param {import("./suite.mjs").Test} test */
  const job = async (test) => {
    let result = await runTest(runtime, test, copy.folder, way);
    // One that has had two minutes and more does not get them twice.
    if (!result.passed && !(result.timedOut && test.alone)) {
      result = await runTest(runtime, test, copy.folder, way);
    }
    done++;
    setStatus(`${runtime.label}: ${done}/${tests.length}  ${test.name}`);
    if (result.passed) return;
    failed.add(test.name);
    if (options.verbose) log(`\n${bold(test.name)}\n${result.output}`);
  };
  try {
    await pool(tests.filter((test) => !test.alone), 2, job);
    await pool(tests.filter((test) => test.alone), 1, job);
  } finally {
    setStatus("");
    copy.remove();
  }
  return failed;
}

/**
 * Prints what differs from the expectations.
 *
 * @param {Set<string>} failed
 * @param {Record<string, string>} expected
 * @param {import("./suite.mjs").Test[]} tests
 * @returns {number} The number of differences.
 */
function compare(failed, expected, tests) {
  let surprises = 0;
  for (const name of failed) {
    if (expected[name]) continue;
    surprises++;
    log(`    ${CROSS} ${name}: fails, and is not listed`);
  }
  for (const { name } of tests) {
    const reason = expected[name];
    if (!reason || failed.has(name)) continue;
    // Whether it passes depends on the machine, not on the package.
    if (reason.startsWith("machine:")) continue;
    // A child that has the runtime's own net may pass what this one fails.
    if (options.register) continue;
    surprises++;
    log(`    ${CROSS} ${name}: passes, though it is listed`);
  }
  return surprises;
}

/**
 * The tests that fail with the runtime's own `net`, too.
 *
 * @param {Runtime} runtime
 * @param {string} suite
 * @param {import("./suite.mjs").Test[]} tests
 * @param {Set<string>} failed With this package.
 */
function failingAnyway(runtime, suite, tests, failed) {
  const again = tests.filter(({ name }) => failed.has(name));
  return runAll(runtime, suite, again, "own");
}

async function main() {
  const { suite } = options;
  const set = /** @type {SetName} */ (options.set);
  if (!Object.hasOwn(SETS, set)) {
    log(`--set is one of: ${Object.keys(SETS).join(", ")}`);
    return 2;
  }
  if (!suite || !isSuite(suite)) {
    log(
      "Give Node's test folder: --suite <dir>; it is `test` of a checkout of " +
        "nodejs/node or denoland/node_test.",
    );
    return 2;
  }
  const tests = listTests(suite, set, options.filter);
  const expectations = readExpectations(set);
  const way = options.register ? "register" : "rewrite";
  if (!options.own && !options["no-build"]) {
    const built = await run(process.execPath, ["scripts/build.mjs"]);
    if (built.code !== 0) {
      log(built.output);
      return 1;
    }
  }
  /** @type {import("./report.mjs").Row[]} */
  const rows = [];
  let surprises = 0;
  for (const name of options.runtime ?? NAMES) {
    const runtime = findByName(name);
    if (!("path" in runtime)) {
      log(`  ${CROSS} ${runtime.reason}`);
      surprises++;
      continue;
    }
    /** @type {import("./report.mjs").Row} */
    const row = { label: runtime.label, total: tests.length };
    const started = Date.now();
    if (!options.own || options.table) {
      const failed = await runAll(runtime, suite, tests, way);
      row.ours = tests.length - failed.size;
      log(
        `  ${TICK} ${runtime.label}: ${row.ours} of ${tests.length} pass ${
          dim(elapsed(started))
        }`,
      );
      if (set === "neighbours" && failed.size > 0) {
        const anyway = await failingAnyway(runtime, suite, tests, failed);
        for (const each of anyway) failed.delete(each);
        row.both = anyway.size;
        log(
          `    ${failed.size} fail that pass with its own net; ` +
            `${anyway.size} fail with both`,
        );
      }
      surprises += compare(failed, expectations[name] ?? {}, tests);
    }
    if (options.own || (options.table && set === "net")) {
      const failed = await runAll(runtime, suite, tests, "own");
      row.own = tests.length - failed.size;
      log(
        `  ${TICK} ${runtime.label}, its own net: ${row.own} of ${tests.length} pass`,
      );
      if (options.own) { for (const name of failed) log(`    ${dim(name)}`); }
    }
    rows.push(row);
  }
  log();
  table([
    ["", "this package", "its own net", "of"],
    ...rows.map(({ label, ours, own, total }) => [
      label,
      String(ours ?? "-"),
      String(own ?? "-"),
      String(total),
    ]),
  ]);
  if (options.table) writeTable(set, rows);
  return surprises === 0 ? 0 : 1;
}

process.exitCode = await main();
