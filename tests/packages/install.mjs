/**
 * The packages under test, installed by npm into a cache folder, so that the
 * project's own `npm ci` stays small. The next `npm ci` of the project empties
 * it.
 *
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/processes.mjs";
import { npmCommand, ROOT } from "../../scripts/runtimes.mjs";

/** Where they are installed. */
export const FOLDER = join(
  ...[ROOT, "node_modules", ".cache", "isonet", "packages"],
);

const HERE = join(ROOT, "tests", "packages");
const LOCK = "package-lock.json";

/**
 * Install what the lock file says, unless it is there already.
 *
 * @throws {Error} If npm cannot.
 */
export async function install() {
  const lock = readFileSync(join(HERE, LOCK), "utf8");
  const installed = join(FOLDER, LOCK);
  const done = join(FOLDER, "node_modules", ".package-lock.json");
  if (
    existsSync(done) && existsSync(installed) &&
    readFileSync(installed, "utf8") === lock
  ) return;
  mkdirSync(FOLDER, { recursive: true });
  for (const file of ["package.json", LOCK]) {
    copyFileSync(join(HERE, file), join(FOLDER, file));
  }
  const { command, args, shell } = npmCommand();
  const { code, output } = await run(command, [
    ...[...args, "ci", "--prefix", FOLDER],
    ...["--ignore-scripts", "--no-audit", "--no-fund"],
  ], { cwd: FOLDER, seconds: 900, shell });
  if (code !== 0) throw new Error(`npm could not install them:\n${output}`);
}
