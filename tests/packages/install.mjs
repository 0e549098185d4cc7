/**
 * A project with the packages under test, as npm installs them, and with this
 * package as npm packs it. It is in the folder for temporary files, where the
 * next run finds it again: the `npm ci` of the repository stays small, and a
 * program below a `node_modules` is for Deno part of a package.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/processes.mjs";
import { npmCommand, ROOT } from "../../scripts/runtimes.mjs";

/** Where the project is: a place for each copy of the repository. */
export const FOLDER = join(
  tmpdir(),
  `isonet-packages-${createHash("sha1").update(ROOT).digest("hex")}`,
);

/** Where the programs of this folder are in the project. */
export const PROGRAMS = join(FOLDER, "programs");

const HERE = join(ROOT, "tests", "packages");
const LOCK = "package-lock.json";

/**
 * @param {string[]} args
 * @param {string} cwd
 */
async function npm(args, cwd) {
  const { command, args: first, shell } = npmCommand();
  const { code, stdout, output } = await run(command, [...first, ...args], {
    ...{ cwd, seconds: 900, shell },
  });
  if (code !== 0) throw new Error(`npm ${args[0]} failed:\n${output}`);
  return stdout;
}

/** Install what the lock file says, unless it is there already. */
async function installOthers() {
  const lock = readFileSync(join(HERE, LOCK), "utf8");
  const installed = join(FOLDER, LOCK);
  const done = join(FOLDER, "node_modules", ".package-lock.json");
  if (
    existsSync(done) && existsSync(installed) &&
    readFileSync(installed, "utf8") === lock
  ) return;
  for (const file of ["package.json", LOCK]) {
    copyFileSync(join(HERE, file), join(FOLDER, file));
  }
  await npm([
    ...["ci", "--prefix", FOLDER],
    ...["--ignore-scripts", "--no-audit", "--no-fund"],
  ], FOLDER);
}

/** Unpack what `npm pack` makes of the build. */
async function installOurs() {
  const name = (await npm([
    ...["pack", "--silent", "--ignore-scripts", "--pack-destination", FOLDER],
  ], ROOT)).trim();
  const place = join(FOLDER, "node_modules", "isonet");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const { code, output } = await run("tar", [
    ...["-xzf", join(FOLDER, name), "-C", place, "--strip-components=1"],
  ]);
  if (code !== 0) throw new Error(`tar failed:\n${output}`);
  rmSync(join(FOLDER, name));
  // Deno resolves `npm:isonet` by this file.
  const manifest = JSON.parse(readFileSync(join(HERE, "package.json"), "utf8"));
  manifest.dependencies.isonet = "*";
  writeFileSync(join(FOLDER, "package.json"), JSON.stringify(manifest));
}

/**
 * Make the project.
 *
 * @throws {Error} If npm cannot.
 */
export async function install() {
  mkdirSync(FOLDER, { recursive: true });
  await installOthers();
  await installOurs();
  rmSync(PROGRAMS, { recursive: true, force: true });
  cpSync(HERE, PROGRAMS, {
    recursive: true,
    // Its package.json would be the one of the programs.
    filter: (source) => !source.endsWith(".json"),
  });
}
