/**
 * The demo: a server on every runtime, and a client from every runtime to each
 * of them, over TCP and a Unix domain socket; then an MQTT broker and MQTT
 * clients whose libraries do not know this package.
 *
 * @module
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { killTree, run, start } from "./processes.mjs";
import { findRuntimes } from "./runtimes.mjs";
import {
  bold,
  CROSS,
  dim,
  elapsed,
  log,
  red,
  setStatus,
  table,
  TICK,
} from "./terminal.mjs";

/**
 * @typedef {import("./runtimes.mjs").Runtime} Runtime
 *
 * @typedef {object} Act A server program, its client, and what they show.
 * @property {string} server
 * @property {string} client
 * @property {Record<string, string>} scenarios Titles by name.
 *
 * @typedef {object} Transport
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} permissions What Deno grants the programs.
 */

const CLIENT_SECONDS = 60;
const SERVER_SECONDS = 20;

const folder = mkdtempSync(join(tmpdir(), "isonet-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** @type {Transport[]} */
const TRANSPORTS = [
  { name: "tcp", title: "TCP", permissions: ["--allow-net"] },
  {
    name: "unix",
    title: "Unix domain socket",
    permissions: ["--allow-net", "--allow-read", "--allow-write"],
  },
];

/** @type {Act[]} */
const ACTS = [
  {
    server: "server",
    client: "client",
    scenarios: {
      echo: "echo",
      halfClose: "half-close",
      transfer: "2 × 32 MiB",
      drop: "drop",
      reset: "reset",
    },
  },
  {
    server: "mqtt_broker",
    client: "mqtt_client",
    scenarios: { mqtt: "MQTT" },
  },
];

const started = Date.now();
/** @type {Map<string, boolean>} What each cell of the matrix has shown. */
const cells = new Map();
let failures = 0;

/**
 * @param {string} what
 * @param {string} [output]
 */
function fail(what, output = "") {
  failures++;
  log(`  ${CROSS} ${what}`);
  if (output) log(output.trimEnd().replaceAll(/^/gm, dim("    │ ")));
}

/**
 * @param {Runtime} runtime
 * @param {string} program
 * @param {Transport} transport
 * @returns {[command: string, args: string[]]}
 */
function commandOf({ name, path }, program, { permissions }) {
  if (name === "node") return [path, [`dist/demo/${program}.js`]];
  if (name === "bun") return [path, [`demo/${program}.ts`]];
  // The MQTT packages need more than the network.
  const flags = program.startsWith("mqtt") ? ["--allow-all"] : permissions;
  const quiet = ["--quiet", "--no-prompt", "--no-check"];
  return [path, ["run", ...quiet, ...flags, `demo/${program}.ts`]];
}

/**
 * Starts a server program and waits for its addresses.
 *
 * @param {Runtime} runtime
 * @param {Act} act
 * @param {Transport} transport
 */
async function startServer(runtime, act, transport) {
  const [command, args] = commandOf(runtime, act.server, transport);
  const paths = join(folder, runtime.name);
  const child = start(command, [...args, transport.name, paths]);
  let output = "";
  /** @type {Promise<string>} */
  const targets = new Promise((resolve) => {
    child.stdout.on("data", (text) => {
      output += text;
      const end = output.indexOf("\n");
      if (end >= 0) resolve(output.slice(0, end));
    });
    child.on("close", () => resolve(""));
  });
  child.stderr.on("data", (text) => output += text);
  const ended = once(child, "close");
  const limit = setTimeout(() => killTree(child), SERVER_SECONDS * 1000);
  const json = await targets;
  clearTimeout(limit);

  /** Ends the program, which exits by itself once its servers are closed. */
  const stop = async () => {
    child.stdin.end();
    const limit = setTimeout(() => killTree(child), SERVER_SECONDS * 1000);
    const [code, signal] = await ended;
    clearTimeout(limit);
    if (signal) fail(`${runtime.label}: ${act.server} did not end`, output);
    else if (code !== 0 || !json) {
      fail(`${runtime.label}: ${act.server} ended with code ${code}`, output);
    }
  };
  return { json, stop };
}

/**
 * Runs a client program against a server, and fills the pair's cells of the
 * matrix.
 *
 * @param {Runtime} client
 * @param {Runtime} server
 * @param {string} json The addresses of the server.
 * @param {Act} act
 * @param {Transport} transport
 */
async function runClient(client, server, json, act, transport) {
  const pair = `${title(client)} → ${title(server)}`;
  const names = json
    ? Object.keys(JSON.parse(json))
    : scenariosOf(act, transport).map(([name]) => name);
  for (const name of names) {
    cells.set(`${transport.name} ${pair} ${name}`, false);
  }
  const show = () =>
    setStatus(`${transport.title}  ${pair}  ${act.scenarios[names[0] ?? ""]}`);
  show();
  if (!json) return fail(`${transport.title}  ${pair}  there is no server`);
  const [command, args] = commandOf(client, act.client, transport);
  const { code, output, timedOut } = await run(command, [...args, json], {
    seconds: CLIENT_SECONDS,
    onLine: (line) => {
      if (!line.startsWith("{")) return;
      const { name, error } = JSON.parse(line);
      cells.set(`${transport.name} ${pair} ${name}`, !error);
      const what = `${transport.title}  ${pair}  ${act.scenarios[name]}`;
      if (error) fail(what, error);
      names.shift();
      if (names.length > 0) show();
    },
  });
  for (const name of names) {
    const what = `${transport.title}  ${pair}  ${act.scenarios[name]}`;
    fail(what, `${output}ended with code ${code}`);
  }
  if (timedOut && names.length === 0) {
    fail(`${transport.title}  ${pair}  the client did not end`);
  }
}

/**
 * @param {Act} act
 * @param {Transport} transport
 */
function scenariosOf(act, transport) {
  // Only TCP has a reset.
  return Object.entries(act.scenarios)
    .filter(([name]) => transport.name === "tcp" || name !== "reset");
}

/** @param {Runtime} runtime */
function title(runtime) {
  return runtime.label.replace(/ .*/, "");
}

/**
 * Runs every client against every server.
 *
 * @param {readonly Runtime[]} runtimes
 * @param {Act} act
 * @param {Transport} transport
 */
async function play(runtimes, act, transport) {
  const what = scenariosOf(act, transport).map(([, title]) => title).join(", ");
  log(`\n${bold(transport.title)}  ${dim(what)}`);
  setStatus(`${transport.title}  starting ${act.server}`);
  const servers = await Promise.all(
    runtimes.map((runtime) => startServer(runtime, act, transport)),
  );
  for (const client of runtimes) {
    const since = Date.now();
    const before = failures;
    for (const [i, server] of runtimes.entries()) {
      await runClient(client, server, servers[i]?.json ?? "", act, transport);
    }
    const mark = failures === before ? TICK : CROSS;
    const to = runtimes.map(title).join(", ");
    log(`  ${mark} ${client.label} → ${to}  ${dim(elapsed(since))}`);
  }
  setStatus(`${transport.title}  closing ${act.server}`);
  await Promise.all(servers.map((server) => server.stop()));
  setStatus("");
}

/**
 * @param {readonly Runtime[]} runtimes
 * @param {Transport} transport
 */
function printMatrix(runtimes, transport) {
  const columns = ACTS.flatMap((act) => scenariosOf(act, transport));
  const rows = runtimes.flatMap((client) =>
    runtimes.map((server) => {
      const pair = `${title(client)} → ${title(server)}`;
      return [
        pair,
        ...columns.map(([name]) =>
          cells.get(`${transport.name} ${pair} ${name}`) ? TICK : CROSS
        ),
      ];
    })
  );
  log(`\n${bold(transport.title)}`);
  table(
    [["client → server", ...columns.map(([, title]) => title)], ...rows],
    "center",
  );
}

const { found, missing } = findRuntimes();
log(`${bold("isonet")}: one net on ${found.map((r) => r.label).join(", ")}`);
for (const { reason } of missing) fail(reason);

setStatus("building for Node");
const build = await run(process.execPath, ["scripts/build.mjs"]);
setStatus("");
if (build.code !== 0) fail("the build", build.output);

for (const { name } of found) mkdirSync(join(folder, name));
for (const act of ACTS) {
  for (const transport of TRANSPORTS) await play(found, act, transport);
}
for (const transport of TRANSPORTS) printMatrix(found, transport);

const ticks = [...cells.values()].filter(Boolean).length;
log(
  `\n${ticks} of ${cells.size} cells pass, ` +
    `${failures ? red(`${failures} failed`) : "0 failed"}` +
    `  ${dim(elapsed(started))}`,
);
process.exitCode = failures > 0 ? 1 : 0;
