/**
 * Prepares Node's own tests to run against this package: lists them, finds out
 * what each needs, and copies the suite with its `net` replaced by ours.
 *
 * @module
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../scripts/runtimes.mjs";

/** Names of the tests of `net`. */
const SUBJECT =
  /^test-(net-|pipe|socketaddress|blocklist|cluster-net).*\.m?js$/;

/** A name of another test. */
const TEST = /^test-.*\.m?js$/;

/**
 * @param {string} names Of modules.
 * @returns What matches a source that loads one of them.
 */
const loads = (names) =>
  new RegExp(`(require\\(\\s*|\\bfrom\\s+)['"](node:)?(${names})['"]`);
const LOADS_NET = loads("net");
const LOADS_NEIGHBOUR = loads("tls|http|http2|https|child_process|cluster");

/**
 * The sets of tests: those of `net`, and those of other modules that use it.
 *
 * @typedef {"net" | "neighbours"} SetName
 * @type {Record<SetName, {
 *   folders: readonly string[];
 *   holds: (file: string, source: string) => boolean;
 * }>}
 */
export const SETS = {
  net: {
    folders: ["parallel", "sequential", "pummel"],
    holds: (file) => SUBJECT.test(file),
  },
  neighbours: {
    folders: ["parallel", "sequential"],
    holds: (file, source) =>
      TEST.test(file) && !SUBJECT.test(file) && LOADS_NET.test(source) &&
      LOADS_NEIGHBOUR.test(source),
  },
};

/** What only Node's internals have; no public API is under test there. */
const INTERNAL = /internal\/|internalBinding|--expose[-_]internals/;

/**
 * @typedef {object} Test
 * @property {string} name Folder and file.
 * @property {string[]} flags From the test's "Flags:" comment.
 * @property {boolean} alone Must not run at the same time as another.
 * @property {boolean} usesRunner Written for `node:test`.
 */

/**
 * How a test gets its `net`: rewritten to this package, left alone under
 * `isonet/register`, or left alone with the runtime's own.
 *
 * @typedef {"rewrite" | "register" | "own"} Way
 */

/**
 * The tests of a set that use the public API alone.
 *
 * @param {string} suite Node's `test` folder.
 * @param {SetName} set
 * @param {string} [filter] Part of the name.
 * @returns {Test[]}
 */
export function listTests(suite, set, filter = "") {
  const { folders, holds } = SETS[set];
  return folders.flatMap((folder) =>
    readdirSync(join(suite, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.includes(filter))
      .map(({ name }) => ({ folder, file: name, name: `${folder}/${name}` }))
  ).flatMap(({ folder, file, name }) => {
    if (!TEST.test(file)) return [];
    const source = readFileSync(join(suite, name), "utf8");
    if (!holds(file, source) || INTERNAL.test(source)) return [];
    const flags = /^\/\/ Flags:(.*)$/m.exec(source)?.[1] ?? "";
    return [{
      name,
      flags: flags.trim().split(/\s+/).filter(Boolean),
      alone: folder !== "parallel",
      usesRunner: /['"]node:test['"]/.test(source),
    }];
  });
}

/** Whether a folder looks like Node's `test`. */
export function isSuite(/** @type {string} */ folder) {
  return existsSync(join(folder, "common", "index.js")) &&
    existsSync(join(folder, "parallel"));
}

/**
 * Replaces every import of `net` in a source by this package.
 *
 * @param {string} source
 * @param {string} path The package's entry file.
 */
export function redirect(source, path) {
  const url = JSON.stringify(pathToFileURL(path).href);
  return source
    .replaceAll(
      /require\(\s*(['"])(?:node:)?net\1\s*\)/g,
      `require(${JSON.stringify(path)}).default`,
    )
    .replaceAll(/\bfrom\s+(['"])(?:node:)?net\1/g, `from ${url}`)
    .replaceAll(/\bimport\(\s*(['"])(?:node:)?net\1\s*\)/g, `import(${url})`);
}

/**
 * Copies the tests into a new temporary folder.
 *
 * @param {string} suite Node's `test` folder.
 * @param {Test[]} tests
 * @param {Way} way
 * @returns {{ folder: string; remove: () => void }}
 */
export function copySuite(suite, tests, way) {
  const folder = join(
    tmpdir(),
    `isonet-${process.pid}-${way}`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  for (const shared of ["common", "fixtures"]) {
    cpSync(join(suite, shared), join(folder, shared), { recursive: true });
  }
  const entry = join(ROOT, "dist", "mod.js");
  /** @param {string} name */
  const rewrite = (name) => {
    const source = readFileSync(join(suite, name), "utf8");
    const target = join(folder, name);
    mkdirSync(join(target, ".."), { recursive: true });
    const text = way === "rewrite" ? redirect(source, entry) : source;
    writeFileSync(target, text);
  };
  for (const { name } of tests) rewrite(name);
  for (const file of readdirSync(join(suite, "common"))) {
    if (/\.m?js$/.test(file)) rewrite(join("common", file));
  }
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, remove };
}
