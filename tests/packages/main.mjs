/**
 * Packages of others over this package and over the runtime's own `net`, with
 * servers of real software where there is one, encrypted by an upgrade of an
 * open connection.
 *
 *     npm run packages -- [--runtime NAME] [--filter TEXT] [--verbose]
 *                         [--no-build]
 *
 * Installs the packages by npm into a cache folder, starts the servers that it
 * finds, and says what is missing. Fails if something fails with this package
 * that works with the runtime's own `net`.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { run } from "../../scripts/processes.mjs";
import { findRelease, findRuntime, ROOT } from "../../scripts/runtimes.mjs";
import {
  bold,
  CROSS,
  dim,
  log,
  setStatus,
  table,
  TICK,
} from "../../scripts/terminal.mjs";
import { FOLDER, install } from "./install.mjs";
import { scenarios } from "./scenarios/all.mjs";
import { grpc } from "./services/grpc.mjs";
import { mariadb } from "./services/mariadb.mjs";
import { postgres } from "./services/postgres.mjs";
import { redis } from "./services/redis.mjs";
import { findProgram, startService } from "./services/service.mjs";

/** @typedef {import("../../scripts/runtimes.mjs").Runtime} Runtime */
/** @typedef {import("./scenarios/all.mjs").Scenario} Scenario */

const SERVICES = { postgres, mariadb, redis, grpc };
const NAMES = ["deno", "bun", "node"];
const CONTESTANTS = /** @type {const} */ (["isonet", "own"]);

/** Seconds one case may take. */
const LIMIT = 60;

const { values: options } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true, default: NAMES },
    filter: { type: "string", default: "" },
    verbose: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
  },
});

/** @param {string} name `deno`, `bun`, `node`, or a release as `node26`. */
function runtimeOf(name) {
  const release = /^node(\d+)$/.exec(name)?.[1];
  if (release) return findRelease("node", release);
  return findRuntime(
    /** @type {import("../../scripts/runtimes.mjs").RuntimeName} */ (name),
  );
}

/**
 * Starts the services that the scenarios need.
 *
 * @param {readonly Scenario[]} chosen
 */
async function startServices(chosen) {
  const { cert, key } = await import(
    new URL("../../dist/tests/runtime/certificate.js", import.meta.url).href
  );
  /** @type {Map<string, import("./services/service.mjs").Started>} */
  const started = new Map();
  for (const [name, service] of Object.entries(SERVICES)) {
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
    started.set(name, await startService(service, { cert, key }));
  }
  setStatus("");
  return started;
}

/**
 * Run one case.
 *
 * @param {Runtime} runtime
 * @param {string[]} args Of the worker.
 * @returns {Promise<string>} Empty if it passed, or what it printed.
 */
async function failureOf(runtime, args) {
  const worker = join(ROOT, "tests", "packages", "worker.mjs");
  const before = runtime.name === "deno"
    ? ["run", "--quiet", "--allow-all", "--no-check"]
    : [];
  const { code, timedOut, output, stdout } = await run(
    runtime.path,
    [...before, worker, ...args],
    { cwd: FOLDER, seconds: LIMIT },
  );
  const passed = /^passed$/m.test(stdout);
  if (code === 0 && passed) return "";
  if (timedOut && passed) return "done, but the process did not end";
  return output || `ended with ${code}`;
}

/**
 * All of the scenarios on all of the runtimes.
 *
 * @param {readonly Scenario[]} chosen
 * @param {readonly Runtime[]} runtimes
 * @param {Map<string, import("./services/service.mjs").Started>} services
 */
async function runAll(chosen, runtimes, services) {
  const rows = [
    ["", ...runtimes.flatMap(({ label }) => [label, "its own net"])],
  ];
  let regressions = 0;
  for (const { name, service, cases } of chosen) {
    for (const title of Object.keys(cases)) {
      const row = [`${name}: ${title}`];
      rows.push(row);
      const port = service ? services.get(service)?.port : 0;
      for (const runtime of runtimes) {
        if (port === undefined) {
          row.push("-", "-");
          continue;
        }
        /** @type {string[]} */
        const failures = [];
        for (const contestant of CONTESTANTS) {
          setStatus(`${runtime.label}  ${contestant}  ${name}: ${title}`);
          const args = [name, title, contestant, String(port)];
          const failure = await failureOf(runtime, args);
          failures.push(failure);
          row.push(failure ? CROSS : TICK);
          const who = contestant === "isonet" ? "isonet" : "its own net";
          if (!failure) continue;
          log(`  ${CROSS} ${runtime.label}, ${who}: ${name}: ${title}`);
          if (contestant === "own" && !options.verbose) continue;
          log(failure.trimEnd().replaceAll(/^/gm, dim("    │ ")));
        }
        if (failures[0] && !failures[1]) regressions++;
      }
    }
  }
  setStatus("");
  log(`\n${bold("Packages")}`);
  table(rows, "center");
  return regressions;
}

async function main() {
  const chosen = scenarios.filter(({ name }) => name.includes(options.filter));
  if (chosen.length === 0) {
    log(`no package's name has ${options.filter} in it`);
    return 2;
  }
  /** @type {Runtime[]} */
  const runtimes = [];
  for (const name of options.runtime) {
    const runtime = runtimeOf(name);
    if ("path" in runtime) runtimes.push(runtime);
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
  setStatus("");
  const services = await startServices(chosen);
  try {
    const regressions = await runAll(chosen, runtimes, services);
    const missing = options.runtime.length - runtimes.length;
    return regressions + missing === 0 ? 0 : 1;
  } finally {
    await Promise.all([...services.values()].map(({ stop }) => stop()));
  }
}

process.exitCode = await main();
