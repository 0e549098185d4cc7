/**
 * Runs test files on one runtime, each in a process of its own.
 *
 * @module
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readBunReport, readDenoReport } from "./reports/junit.mjs";
import { run } from "./processes.mjs";
import { enqueue } from "./queue.mjs";
import { ROOT } from "./runtimes.mjs";
import { bold, CROSS, dim, elapsed, log, TICK } from "./terminal.mjs";

/**
 * @typedef {import("./runtimes.mjs").Runtime} Runtime
 * @typedef {import("./reports/node_reporter.mjs").Test} Test
 *
 * @typedef {object} SuiteResult
 * @property {string} label
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} time
 * @property {string[]} skippedNames
 * @property {import("./outcome.mjs").Failure[]} failures
 * @property {Map<string, number>} counts Tests of each file.
 */

/** Time limit of one file; a long form is asked for by a variable. */
const FILE_SECONDS = process.env.ISONET_HOSTILE || process.env.ISONET_LEAK
  ? 3600
  : 120;
const UNCAUGHT = /^uncaught error:/m;

/** @returns {string[]} The test files, relative to the root. */
export function testFiles() {
  return readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_test.ts"))
    .map((file) => `tests/${file.replaceAll("\\", "/")}`)
    .sort();
}

/**
 * @param {Runtime} runtime
 * @param {string} file
 * @param {string} report Where the runtime writes what it ran.
 */
function testArguments(runtime, file, report) {
  switch (runtime.name) {
    case "deno":
      return [
        ...["test", "--allow-all", "--no-check"],
        // Deno 2.8.0 takes the flag at the start only.
        "--v8-flags=--expose-gc",
        ...["--preload", "scripts/deno/preload.mjs"],
        ...runtime.isHidden ? ["--preload", "scripts/deno/hidden.mjs"] : [],
        ...["--junit-path", report, file],
      ];
    case "bun":
      return [
        ...["test", "--timeout", String(FILE_SECONDS * 1000)],
        ...["--reporter=junit", `--reporter-outfile=${report}`, `./${file}`],
      ];
    case "node":
      return [
        ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
        "--test-reporter=./scripts/reports/node_reporter.mjs",
        `--test-reporter-destination=${report}`,
        `dist/${file.replace(/\.ts$/, ".js")}`,
      ];
  }
}

/**
 * @param {Runtime} runtime
 * @param {string} report
 * @param {string} output
 * @returns {Test[]}
 */
function readReport(runtime, report, output) {
  if (!existsSync(report)) return [];
  const text = readFileSync(report, "utf8");
  if (runtime.name === "deno") return readDenoReport(text);
  if (runtime.name === "bun") return readBunReport(text, output);
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/**
 * Why a file failed although none of its tests did; empty if it did not.
 *
 * @param {import("./processes.mjs").RunResult} result
 * @param {Test[]} tests
 */
function problemOf(result, tests) {
  if (result.timedOut) return "did not end";
  if (tests.some((test) => test.state === "failed")) return "";
  if (UNCAUGHT.test(result.output)) return "an error outside of its tests";
  if (result.code !== 0) return `ended with code ${result.code}`;
  if (tests.length === 0) return "ran no test";
  return "";
}

/**
 * Files that a test leaves behind are removed with the folder of the reports.
 * On the oldest releases, some of which are slow, no test tries its luck longer.
 *
 * @param {Runtime} runtime
 * @param {string} folder
 * @returns {Record<string, string>}
 */
function environmentOf({ isOldest, isHidden }, folder) {
  return {
    // Windows has another name for it.
    ...{ TMPDIR: folder, TEMP: folder, TMP: folder },
    ...isOldest && { CI: "" },
    // The fixtures are to run as the tests do.
    ...isHidden && { ISONET_DENO_HIDDEN: "1" },
  };
}

/**
 * Whether a file is run where Deno hides its inside: the tests of sockets and
 * servers. Most other files test what needs the inside, or what does not know
 * of it.
 *
 * @param {string} file
 */
function isForHidden(file) {
  return /^tests\/(?:connect|hostile|runtime|server|socket)\//.test(file);
}

/**
 * @param {Runtime} runtime
 * @param {readonly string[]} files
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite(runtime, files) {
  const folder = mkdtempSync(join(tmpdir(), "isonet-test-"));
  /** @type {SuiteResult} */
  const total = {
    label: runtime.label,
    passed: 0,
    failed: 0,
    skipped: 0,
    time: "",
    skippedNames: [],
    failures: [],
    counts: new Map(),
  };
  let started = 0;
  /** @param {string} file */
  const runFile = async (file) => {
    const report = join(folder, file.replaceAll("/", "-"));
    const since = Date.now();
    started ||= since;
    const result = await run(
      runtime.path,
      testArguments(runtime, file, report),
      { seconds: FILE_SECONDS, env: environmentOf(runtime, folder) },
    );
    const tests = readReport(runtime, report, result.output);
    const problem = problemOf(result, tests);
    if (problem) {
      tests.push({ name: problem, state: "failed", error: result.output });
    }
    for (const test of tests) {
      total[test.state]++;
      if (test.state === "skipped") total.skippedNames.push(test.name);
    }
    total.counts.set(file, tests.length);
    const failed = tests.filter((test) => test.state === "failed");
    if (failed.length > 0) {
      log(`  ${CROSS} ${runtime.label}  ${bold(file)}  ${dim(elapsed(since))}`);
      for (const { name, error = "" } of failed) {
        log(`      ${CROSS} ${name}`);
        total.failures.push({
          where: `${runtime.label}  ${file}`,
          name,
          error,
        });
      }
      log(result.output.trimEnd().replaceAll(/^/gm, dim("    │ ")));
    }
  };
  const chosen = runtime.isHidden ? files.filter(isForHidden) : files;
  await Promise.all(chosen.map((file) => {
    const name = file.replace(/^tests\/|_test\.ts$/g, "");
    return enqueue(`${runtime.label} ${name}`, () => runFile(file));
  }));
  await rm(folder, { recursive: true, force: true });
  total.time = elapsed(started);
  log(
    `  ${total.failed ? CROSS : TICK} ${runtime.label}  ` +
      `${total.passed} passed, ${total.failed} failed, ` +
      `${total.skipped} skipped  ${dim(total.time)}`,
  );
  return total;
}
