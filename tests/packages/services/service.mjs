/**
 * A server of real software, started for the packages: in a folder of its own,
 * on a loopback port, with the certificate of the tests.
 *
 * @module
 */
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import process from "node:process";
import { killTree, run, start } from "../../../scripts/processes.mjs";

/**
 * @typedef {object} Started
 * @property {number} port
 * @property {number} plainPort
 * @property {() => Promise<void>} stop
 *
 * @typedef {object} Place What a service is started with.
 * @property {string} folder Its own, and empty but for the certificate.
 * @property {string} key A file.
 * @property {string} cert A file.
 * @property {number} port
 * @property {number} plainPort For a service that does not encrypt on the
 *   same port on demand.
 * @property {(program: string, args: string[]) => Promise<void>} prepare
 *   Run a program of it to its end.
 *
 * @typedef {object} Service
 * @property {string} title
 * @property {string} program What it is looked for by.
 * @property {string[]} folders Where to look besides the `PATH`; a `*` stands
 *   for any version.
 * @property {string} hint How to install it.
 * @property {string} [user] Who runs it if this process is root.
 * @property {RegExp} ready What it prints when it can be used.
 * @property {(place: Place) => Promise<string[]>} command
 *   Prepares the folder, and returns the program and its arguments.
 */

/** Seconds a service may take to start. */
const LIMIT = 60;

/** Folders of the services that run. @type {Set<string>} */
const inUse = new Set();

/** @param {string} folder */
function remove(folder) {
  inUse.delete(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

// A run that is stopped ends its services, and comes to no `stop`.
process.on("exit", () => inUse.forEach(remove));

/**
 * @param {string} pattern
 * @returns {string[]}
 */
function expand(pattern) {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return [pattern];
  if (!existsSync(before)) return [];
  return readdirSync(before).sort().reverse()
    .map((version) => `${before}${version}${after}`);
}

/**
 * The path of a program, if it is installed.
 *
 * @param {string} program
 * @param {Service} service
 */
export function findProgram(program, { folders }) {
  if (isAbsolute(program)) return program;
  const places = [
    ...folders.flatMap(expand),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return places.map((place) => join(place, program)).find(existsSync);
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  return address.port;
}

/**
 * Start a service.
 *
 * @param {Service} service
 * @param {{ key: string; cert: string }} certificate As PEM.
 * @returns {Promise<Started>}
 * @throws {Error} If it does not start.
 */
export async function startService(service, certificate) {
  const folder = mkdtempSync(join(tmpdir(), "isonet-service-"));
  inUse.add(folder);
  const place = {
    ...{ folder, port: await freePort(), plainPort: await freePort() },
  };
  const files = {
    key: join(folder, "key.pem"),
    cert: join(folder, "cert.pem"),
  };
  writeFileSync(files.key, certificate.key, { mode: 0o600 });
  writeFileSync(files.cert, certificate.cert);
  chmodSync(folder, 0o755);
  // PostgreSQL refuses to run as root.
  const { user } = service;
  const asUser = user && process.getuid?.() === 0
    ? ["runuser", "-u", user, "--"]
    : [];
  if (user && asUser.length > 0) await run("chown", ["-R", user, folder]);
  /**
   * @param {string} program
   * @param {string[]} args
   * @returns {[string, string[]]}
   */
  const command = (program, args) => {
    const path = findProgram(program, service) ?? program;
    const [first = "", ...rest] = [...asUser, path, ...args];
    return [first, rest];
  };
  const [program = "", ...args] = await service.command({
    ...place,
    ...files,
    async prepare(program, args) {
      const { code, output } = await run(...command(program, args), {
        cwd: folder,
        seconds: LIMIT,
      });
      if (code !== 0) throw new Error(`${program} failed:\n${output}`);
    },
  });
  const child = start(...command(program, args), { cwd: folder });
  const closed = once(child, "close");
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) {
      // Its whole group, which orders it to end.
      process.kill(-child.pid, "SIGTERM");
    }
    const limit = setTimeout(() => killTree(child), 5_000);
    await closed;
    clearTimeout(limit);
    remove(folder);
  };
  let output = "";
  const ready = new Promise((resolve) => {
    const listen = (/** @type {string} */ text) => {
      output += text;
      if (service.ready.test(output)) resolve(true);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    closed.then(() => resolve(false), () => resolve(false));
    setTimeout(resolve, LIMIT * 1000, false).unref();
  });
  const { port, plainPort } = place;
  if (await ready) return { port, plainPort, stop };
  await stop();
  throw new Error(`${service.title} did not start:\n${output}`);
}
