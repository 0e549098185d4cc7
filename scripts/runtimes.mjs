/**
 * Finds the runtimes. Deno and Bun come as npm packages with one native binary
 * for each platform. npm may not run their install scripts, and then the
 * launchers in `node_modules/.bin` are slow or broken. So the binaries are
 * looked up here directly; the `PATH` is the second choice. Other releases,
 * and those of Node, come from npm when they are asked for.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * @typedef {"deno" | "bun" | "node"} RuntimeName
 *
 * @typedef {object} Runtime
 * @property {RuntimeName} name
 * @property {string} path The executable.
 * @property {string} label Name and version, for the output.
 * @property {boolean} [isOldest] Whether it is run as the oldest of its line.
 * @property {boolean} [isHidden] Whether Deno hides its inside.
 *
 * @typedef {object} MissingRuntime
 * @property {RuntimeName} name
 * @property {string} reason One line that says what to do.
 */

/** Root of the repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {readonly RuntimeName[]} */
export const RUNTIME_NAMES = ["deno", "bun", "node"];

/** Release lines of Node that the package supports. */
export const NODE_MAJORS = [20, 22, 24, 26];

/** @type {Record<RuntimeName, string>} */
const TITLES = { deno: "Deno", bun: "Bun", node: "Node" };

const windows = process.platform === "win32";
const exe = windows ? ".exe" : "";

function isMusl() {
  if (process.platform !== "linux") return false;
  const report = /** @type {{ header: Record<string, unknown> }} */ (
    process.report.getReport()
  );
  return report.header.glibcVersionRuntime === undefined;
}

/** The npm package that holds the binary for this platform. */
function denoPackage() {
  const libc = process.platform === "linux" ? "-glibc" : "";
  return `@deno/${process.platform}-${process.arch}${libc}`;
}

/** The npm package that holds the binary for this platform. */
function bunPackage() {
  const system = windows ? "windows" : process.platform;
  const arch = process.arch === "arm64" ? "aarch64" : process.arch;
  return `@oven/bun-${system}-${arch}${isMusl() ? "-musl" : ""}`;
}

/** The npm package that holds the binary for this platform. */
function nodePackage() {
  const system = windows ? "win" : process.platform;
  const prefix = system === "darwin" && process.arch === "arm64"
    ? "node-bin"
    : "node";
  return `${prefix}-${system}-${process.arch}`;
}

/** The packages with the binaries, and where in them the binary is. */
const PACKAGES = {
  deno: { name: denoPackage, binary: `deno${exe}` },
  bun: { name: bunPackage, binary: join("bin", `bun${exe}`) },
  node: { name: nodePackage, binary: join("bin", `node${exe}`) },
};

/** @param {RuntimeName} name */
function candidates(name) {
  const modules = join(ROOT, "node_modules");
  const { name: packageName, binary } = PACKAGES[name];
  const path = join(modules, packageName(), binary);
  // Bun's install script moves the binary to its second place.
  return name === "bun"
    ? [path, join(modules, "bun", "bin", "bun.exe"), name]
    : [path, name];
}

/**
 * @param {string} path
 * @returns {string | undefined} The version, if it runs.
 */
function versionOf(path) {
  if (path.includes("node_modules") && !existsSync(path)) return undefined;
  const { status, stdout } = spawnSync(path, ["--version"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status !== 0) return undefined;
  return /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
}

/**
 * @param {RuntimeName} name
 * @returns {Runtime | MissingRuntime}
 */
export function findRuntime(name) {
  const title = TITLES[name];
  if (name === "node") {
    const path = process.execPath;
    return { name, path, label: `${title} ${process.versions.node}` };
  }
  for (const path of candidates(name)) {
    const version = versionOf(path);
    if (version) return { name, path, label: `${title} ${version}` };
  }
  const from = PACKAGES[name].name();
  return {
    name,
    reason: `${title} is missing: the npm package ${from} is not installed ` +
      `and there is no "${name}" on the PATH. Run "npm ci", or install ${title}.`,
  };
}

/**
 * Looks for the runtimes asked for.
 *
 * @param {readonly RuntimeName[]} [names]
 */
export function findRuntimes(names = RUNTIME_NAMES) {
  /** @type {Runtime[]} */
  const found = [];
  /** @type {MissingRuntime[]} */
  const missing = [];
  for (const name of names) {
    const runtime = findRuntime(name);
    if ("path" in runtime) found.push(runtime);
    else missing.push(runtime);
  }
  return { found, missing };
}

/** How to start npm, as a command and its first arguments. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js")) {
    return { command: process.execPath, args: [script], shell: false };
  }
  return { command: "npm", args: [], shell: windows };
}

/**
 * Installs a release of a runtime by npm, into a cache folder that the next
 * `npm ci` empties.
 *
 * @param {RuntimeName} name
 * @param {string} version What npm takes: `"22.12.0"`, `"22"`, `"latest"`.
 * @returns {Runtime | MissingRuntime}
 */
export function findRelease(name, version) {
  const packageName = PACKAGES[name].name();
  const cache = join(ROOT, "node_modules", ".cache", "isonet");
  const folder = join(cache, `${name}${version}`);
  const path = join(
    folder,
    "node_modules",
    packageName,
    PACKAGES[name].binary,
  );
  mkdirSync(folder, { recursive: true });
  const npm = npmCommand();
  // The registry may fail once, so it is asked twice.
  for (let tries = 0; tries < 2 && !existsSync(path); tries++) {
    spawnSync(npm.command, [
      ...npm.args,
      "install",
      "--prefix",
      folder,
      "--no-save",
      "--no-package-lock",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      `${packageName}@${version}`,
    ], { stdio: "ignore", shell: npm.shell });
  }
  const found = versionOf(path);
  if (found) return { name, path, label: `${TITLES[name]} ${found}` };
  return {
    name,
    reason: `${TITLES[name]} ${version} is missing: npm could not install ` +
      `${packageName}@${version}.`,
  };
}

/**
 * The oldest releases of a runtime that the package supports, one of each
 * release line, oldest first: the versions in `engines` of `package.json`.
 *
 * @param {RuntimeName} name
 * @returns {string[]}
 */
export function floorsOf(name) {
  const text = readFileSync(join(ROOT, "package.json"), "utf8");
  return JSON.parse(text).engines[name].match(/\d+\.\d+\.\d+/g);
}

/** Names of the supported release lines of Node. */
export const NODE_NAMES = NODE_MAJORS.map((major) => `node${major}`);

/**
 * Looks for a runtime or for a release line of Node.
 *
 * @param {string} name One that `checkNames` lets pass.
 */
export function findByName(name) {
  const runtime = RUNTIME_NAMES.find((known) => known === name);
  if (runtime) return findRuntime(runtime);
  const major = name.slice("node".length);
  return major === process.versions.node.split(".")[0]
    ? findRuntime("node")
    : findRelease("node", major);
}

/**
 * Ends the process if one of the names is unknown, with a list of those that
 * are known.
 *
 * @param {readonly string[]} names
 * @param {readonly string[]} known
 */
export function checkNames(names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  console.error(
    `unknown runtime: ${unknown.join(", ")}; known are ${known.join(", ")}`,
  );
  process.exit(2);
}
