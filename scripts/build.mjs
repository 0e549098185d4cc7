/**
 * Builds `dist/`: the package as npm has it, its tests, the demo and the
 * benchmarks.
 *
 * The compiler checks everything and writes the types, one file for each
 * source. It also compiles the tests, the demo and the benchmarks, file by file.
 * The code of the package is bundled, and the compiler's is dropped. So what the
 * tests import is what is shipped: `../mod.js` is the entry of the package, and
 * a module that is no entry is made one that exports from the bundle.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { bundlePackage } from "./package/bundle.mjs";
import { importsOf } from "./package/loads.mjs";
import { ROOT } from "./runtimes.mjs";

const DIST = join(ROOT, "dist");
const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");
/** Compiled file by file, beside the package. */
const BESIDE = /^(?:tests|demo|bench)\//;
/** It is bundled by itself, and so imports from the rest of the package. */
const TESTING = /^testing\//;

if (!existsSync(TSC)) {
  console.error('TypeScript is missing: run "npm ci" first.');
  process.exit(1);
}

/**
 * The files of a folder, by path.
 *
 * @param {string} folder
 */
function readFolder(folder) {
  /** @type {Map<string, string>} */
  const files = new Map();
  if (!existsSync(folder)) return files;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const inFolder = path.slice(folder.length + 1).replaceAll("\\", "/");
    files.set(inFolder, readFileSync(path, "utf8"));
  }
  return files;
}

/**
 * What the compiler makes.
 *
 * @returns {Map<string, string>} Texts by path.
 */
function compile() {
  const folder = mkdtempSync(join(tmpdir(), "isonet-build-"));
  try {
    const { status } = spawnSync(process.execPath, [
      ...[TSC, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", folder],
    ], { stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
    return readFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Makes `dist/` hold these files and no others. A program may be running from
 * it, so a file is replaced at once, and only if it changes.
 *
 * @param {Map<string, string>} files
 */
function writeDist(files) {
  const before = readFolder(DIST);
  for (const [path, text] of files) {
    if (before.get(path) === text) continue;
    const target = join(DIST, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.new`, text);
    renameSync(`${target}.new`, target);
  }
  for (const path of before.keys()) {
    if (!files.has(path)) rmSync(join(DIST, path), { force: true });
  }
}

const files = compile();
/** Modules of the package that are imported from outside their bundle. */
const imported = new Set();
for (const [path, text] of files) {
  if (!path.endsWith(".js")) continue;
  const isTesting = TESTING.test(path);
  const isBeside = BESIDE.test(path);
  if (isTesting || isBeside) {
    for (const each of importsOf(path, text)) {
      if (BESIDE.test(each.path) || isTesting && TESTING.test(each.path)) {
        continue;
      }
      imported.add(each.path);
    }
  }
  if (!isBeside) files.delete(path);
}
for (const [path, text] of await bundlePackage(imported)) files.set(path, text);
writeDist(files);
