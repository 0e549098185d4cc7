/**
 * Packages of others over this package, put in the place of `net` by
 * `isonet/register`, and over the runtime's own `net`, with servers of real
 * software where there is one.
 *
 *     npm run packages -- [--runtime NAME]... [--filter TEXT] [--verbose]
 *                         [--no-build] [--table]
 *
 * Makes a project with the packages in the folder for temporary files, starts
 * the servers that it finds, and says what is missing. Each case has a time
 * limit, and a run that is stopped prints what it has found. Fails if something
 * fails with this package that works with the runtime's own `net`. `--table`
 * writes `docs/packages.md` from the results of this run and of those before it.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { pool, run } from "../../scripts/processes.mjs";
import { checkNames, findByName, NODE_NAMES } from "../../scripts/runtimes.mjs";
import {
  bold,
  CROSS,
  dim,
  log,
  setStatus,
  table,
  TICK,
} from "../../scripts/terminal.mjs";
import { install } from "./install.mjs";
import { readResults, writeResults, writeTable } from "./results.mjs";
import { failureOf } from "./run_case.mjs";
import { scenarios } from "./scenarios/all.mjs";
import { services } from "./services/all.mjs";
import { findProgram, startService } from "./services/service.mjs";

/** @typedef {import("../../scripts/runtimes.mjs").Runtime} Runtime */
/** @typedef {import("./scenarios/all.mjs").Scenario} Scenario */
/** @typedef {import("./services/service.mjs").Started} Started */

const NAMES = [...NODE_NAMES, "deno", "bun"];

/** What stands for a case that did not run. */
const MISSING = "–";

/** Cases that run at a time. */
const LANES = 2;

const { values: options } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true, default: NAMES },
    filter: { type: "string", default: "" },
    verbose: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
    table: { type: "boolean", default: false },
  },
});

/**
 * Starts the services that the scenarios need.
 *
 * @param {readonly Scenario[]} chosen
 * @param {{ key: string; cert: string }} certificate
 */
async function startServices(chosen, certificate) {
  /** @type {Map<string | undefined, Started>} */
  const started = new Map();
  for (const [name, service] of Object.entries(services)) {
    const needing = chosen.filter((each) => each.service === name);
    if (needing.length === 0) continue;
    if (!findProgram(service.program, service)) {
      const names = needing.map((scenario) => scenario.name).join(", ");
      log(
        `  - ${service.title} is missing, so ${names} is skipped: ` +
          `${service.hint}`,
      );
      continue;
    }
    setStatus(`starting ${service.title}`);
    try {
      started.set(name, await startService(service, certificate));
    } catch (error) {
      log(`  ${CROSS} ${/** @type {Error} */ (error).message}`);
      process.exitCode = 1;
    }
  }
  setStatus("");
  return started;
}

/**
 * One case on one runtime, with this package and without.
 *
 * @param {Runtime} runtime
 * @param {Scenario} scenario
 * @param {string} title
 * @param {object} place
 */
async function compare(runtime, scenario, title, place) {
  /** @param {"isonet" | "own"} contestant */
  const passes = async (contestant) => {
    const who = contestant === "isonet" ? "isonet" : "its own net";
    setStatus(`${runtime.label}  ${who}  ${scenario.name}: ${title}`);
    const way = contestant === "own" ? "own" : scenario.way ?? "register";
    const args = [scenario.name, title, way, JSON.stringify(place)];
    const failure = await failureOf(runtime, way, args);
    if (!failure) return true;
    log(`  ${CROSS} ${runtime.label}, ${who}: ${scenario.name}: ${title}`);
    if (contestant === "isonet" || options.verbose) {
      log(failure.trimEnd().replaceAll(/^/gm, dim("    │ ")));
    }
    return false;
  };
  return { isonet: await passes("isonet"), own: await passes("own") };
}

/**
 * All of the scenarios on all of the runtimes.
 *
 * @param {readonly Scenario[]} chosen
 * @param {readonly (Runtime & { id: string })[]} runtimes
 * @param {Map<string | undefined, Started>} started
 * @param {{ key: string; cert: string }} certificate
 */
async function runAll(chosen, runtimes, started, certificate) {
  const results = readResults();
  const head = ["", ...runtimes.flatMap(({ label }) => [label, "own net"])];
  let regressions = 0;
  /** @type {string[][]} */
  const rows = [];
  /** @type {(() => Promise<void>)[]} */
  const jobs = [];
  for (const scenario of chosen) {
    const { name, service } = scenario;
    const isMissing = service !== undefined && !started.has(service);
    const { port = 0, plainPort = 0 } = started.get(service) ?? {};
    for (const title of Object.keys(scenario.cases)) {
      const row = [`${name}: ${title}`];
      rows.push(row);
      if (isMissing) continue;
      runtimes.forEach((runtime, x) => {
        jobs.push(async () => {
          const place = { port, plainPort, ...certificate };
          const result = await compare(runtime, scenario, title, place);
          if (!result.isonet && result.own) regressions++;
          row[2 * x + 1] = result.isonet ? TICK : CROSS;
          row[2 * x + 2] = result.own ? TICK : CROSS;
          const all = results[runtime.id] ??= { label: "", cases: {} };
          all.label = runtime.label;
          all.cases[`${name}: ${title}`] = result;
          // A run that is stopped keeps what it has found.
          writeResults(results);
        });
      });
    }
  }
  const show = () => {
    setStatus("");
    log(`\n${bold("Packages")}`);
    const cells = rows.map((row) => head.map((_, x) => row[x] ?? MISSING));
    table([head, ...cells], "center");
  };
  process.once("exit", show);
  await pool(jobs, LANES, (job) => job());
  process.off("exit", show);
  show();
  return regressions;
}

/** @returns {Promise<number>} The exit code. */
async function main() {
  checkNames(options.runtime, NAMES);
  const chosen = scenarios.filter(({ name }) => name.includes(options.filter));
  if (chosen.length === 0) {
    log(`no package's name has ${options.filter} in it`);
    return 2;
  }
  /** @type {(Runtime & { id: string })[]} */
  const runtimes = [];
  for (const id of options.runtime) {
    const runtime = findByName(id);
    if ("path" in runtime) runtimes.push({ id, ...runtime });
    else log(`  ${CROSS} ${runtime.reason}`);
  }
  if (!options["no-build"]) {
    setStatus("build");
    const built = await run(process.execPath, ["scripts/build.mjs"]);
    if (built.code !== 0) {
      log(built.output);
      return 1;
    }
  }
  setStatus("installing the packages");
  await install();
  const { cert, key } = await import(
    new URL("../../dist/tests/runtime/certificate.js", import.meta.url).href
  );
  const certificate = { cert, key };
  const started = await startServices(chosen, certificate);
  try {
    const failures = await runAll(chosen, runtimes, started, certificate) +
      options.runtime.length - runtimes.length;
    if (options.table) writeTable(NAMES);
    return failures === 0 ? 0 : 1;
  } finally {
    await Promise.all([...started.values()].map(({ stop }) => stop()));
  }
}

process.exitCode = await main() || process.exitCode;
