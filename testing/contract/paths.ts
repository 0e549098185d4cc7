/**
 * Paths to listen at, in a folder of this process alone.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Made when it is asked for: importing the suite leaves nothing behind. */
let folder: string | undefined;
let paths = 0;

/** A path to listen on that nobody uses, short enough for every system. */
export function uniquePath(): string {
  const name = `${++paths}.sock`;
  if (process.platform === "win32") {
    return `\\\\?\\pipe\\isonet-contract-${process.pid}-${name}`;
  }
  folder ??= makeFolder();
  return join(folder, name);
}

/** Removed when the process ends; `deno test` leaves that to its caller. */
function makeFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "isonet-"));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}
