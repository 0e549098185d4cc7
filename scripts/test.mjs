/**
 * Runs every check, the build, and the one suite on every runtime. `--help`
 * lists how to run a part of that.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { runBuild, runChecks } from "./checks.mjs";
import { printFailures, printSkipped } from "./outcome.mjs";
import {
  findRelease,
  findRuntimes,
  floorsOf,
  NODE_MAJORS,
  RUNTIME_NAMES,
} from "./runtimes.mjs";
import { runSuite, testFiles } from "./suite.mjs";
import {
  bold,
  CROSS,
  dim,
  elapsed,
  green,
  log,
  red,
  setStatus,
  table,
  yellow,
} from "./terminal.mjs";

/**
 * @typedef {import("./runtimes.mjs").RuntimeName} RuntimeName
 */

const HELP =
  `npm test [-- runtimes and paths] [--all-nodes] [--floors] [--hidden]

  npm test                      every check, and the suite on every runtime
  npm test -- bun               the suite on one runtime: ${
    RUNTIME_NAMES.join(", ")
  }
  npm test -- bun@1.3.14        the suite on one release of it, from npm
  npm test -- tests/socket      the test files whose path contains this
  npm test -- node ip_test      both

  --all-nodes   Node ${NODE_MAJORS.join(", ")} as well
  --hidden      Deno as a version that hides its inside as well: the tests of
                sockets and servers over its public API
  --floors      the oldest supported releases of each runtime and the newest
                one as well, from npm
  CI=true in the environment of a whole run adds all but the newest ones, and
  lets the tests that try their luck (storms, seeds, scripts) try longer, but
  on the oldest releases.

  --help        print this`;

const { values: options, positionals } = readArguments();
if (options.help) {
  console.log(HELP);
  process.exit();
}

const started = Date.now();
const names = RUNTIME_NAMES.filter((name) => positionals.includes(name));
/** Releases, as a runtime and what npm takes for a version. */
const asked = positionals.flatMap((text) => {
  const [first, version] = text.split("@");
  const name = RUNTIME_NAMES.find((name) => name === first);
  return name && version ? [{ name, version }] : [];
});
const patterns = positionals.filter((text) =>
  !RUNTIME_NAMES.some((name) => name === text || text.startsWith(`${name}@`))
);
const whole = positionals.length === 0;
const isCI = whole && Boolean(process.env.CI);
const allNodes = options["all-nodes"] || isCI;
const floors = options.floors || isCI;

function readArguments() {
  try {
    return parseArgs({
      options: {
        "all-nodes": { type: "boolean", default: false },
        hidden: { type: "boolean", default: false },
        floors: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n`);
    console.error(HELP);
    process.exit(2);
  }
}

/** @type {import("./outcome.mjs").Failure[]} */
const problems = [];

/** @param {string} text */
function problem(text) {
  problems.push({ where: "The run", name: text, error: "" });
  log(`  ${CROSS} ${text}`);
}

const all = testFiles();
for (const pattern of patterns) {
  if (all.some((file) => file.includes(pattern))) continue;
  console.error(
    `"${pattern}" is neither a runtime nor part of the path of a test file`,
  );
  process.exit(2);
}
const files = all.filter((file) =>
  patterns.length === 0 || patterns.some((text) => file.includes(text))
);

const running = names.length || asked.length ? names : RUNTIME_NAMES;
const { found, missing } = findRuntimes(running);
for (const { reason } of missing) problem(reason);

const deno = found.find((runtime) => runtime.name === "deno");
if (deno && (options.hidden || isCI)) {
  found.push({ ...deno, label: `${deno.label} (hidden)`, isHidden: true });
}

const own = process.versions.node.split(".")[0];
/** @type {{ name: string, version: string, isOldest?: boolean }[]} */
const releases = [
  ...asked,
  ...allNodes
    ? NODE_MAJORS.map(String).filter((major) => major !== own)
      .map((version) => ({ name: "node", version }))
    : [],
  ...floors
    ? running.flatMap(oldestOf).map((oldest) => ({ ...oldest, isOldest: true }))
    : [],
  // The lock file, not the registry, decides what a whole run tests.
  ...options.floors ? running.map((name) => ({ name, version: "latest" })) : [],
];
for (const { name, version, isOldest } of releases) {
  setStatus(`npm install ${name}@${version}`);
  const release = findRelease(/** @type {RuntimeName} */ (name), version);
  if (!("path" in release)) problem(release.reason);
  // What is installed already may be the release that was asked for.
  else if (!found.some(({ label }) => label === release.label)) {
    found.push({ ...release, isOldest: Boolean(isOldest) });
  }
}
setStatus("");

/** @param {RuntimeName} name */
function oldestOf(name) {
  return floorsOf(name).map((version) => ({ name, version }));
}

const length = `${files.length} ${files.length === 1 ? "file" : "files"}`;
log(`\n${bold(whole ? "Checks and tests" : "Tests")}  ${dim(length)}`);
const build = await runBuild();
// Those that take longest start first.
const checking = whole ? runChecks(deno) : undefined;
const suites = await Promise.all(
  found.map((runtime) => runSuite(runtime, files)),
);
const checks = await checking;

// A file whose tests were not found on one runtime would otherwise pass there.
for (const file of files) {
  const ran = suites.filter((suite) => suite.counts.has(file));
  const counts = ran.map((suite) => suite.counts.get(file));
  const failed = suites.some((suite) => suite.failed > 0);
  if (!failed && new Set(counts).size > 1) {
    const list = ran.map((suite, i) => `${counts[i]} on ${suite.label}`);
    problem(`${file} has a different number of tests: ${list.join(", ")}`);
  }
}

log();
const rows = [
  { label: "Build", ...build },
  ...checks ? [{ label: "Checks", ...checks }] : [],
  ...suites,
];
table([
  ["", "passed", "failed", "skipped", "time"],
  ...rows.map((row) => [
    row.failed ? red(row.label) : green(row.label),
    String(row.passed),
    row.failed ? red(row.failed) : "0",
    row.skipped ? yellow(row.skipped) : "0",
    row.time,
  ]),
]);

printSkipped(suites);
printFailures([...rows.flatMap((row) => row.failures), ...problems]);

log(`\n${dim(`${elapsed(started)} in all`)}`);

const passed = rows.reduce((sum, row) => sum + row.passed, 0);
const failed = rows.reduce((sum, row) => sum + row.failed, problems.length);
const skipped = rows.reduce((sum, row) => sum + row.skipped, 0);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
log(
  `${passed} passed, ${failed} failed` +
    (skipped ? `, ${skipped} skipped` : ""),
);
