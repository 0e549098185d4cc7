/**
 * A folder of this process alone, for what its tests leave in the file system.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Removed when the process ends; `deno test` leaves that to its caller. */
export const tempFolder: string = mkdtempSync(join(tmpdir(), "isonet-"));
process.on("exit", () => rmSync(tempFolder, { recursive: true, force: true }));

let paths = 0;

/** A path to listen on that nobody uses, short enough for every system. */
export function uniquePath(): string {
  const name = `${++paths}.sock`;
  return process.platform === "win32"
    ? `\\\\?\\pipe\\isonet-${process.pid}-${name}`
    : join(tempFolder, name);
}
