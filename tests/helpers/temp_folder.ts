/**
 * A folder that only this process uses, for files of its tests.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/**
 * Removed when the process ends, but not by `deno test`: its caller removes it.
 */
export const tempFolder: string = mkdtempSync(join(tmpdir(), "isonet-"));
process.on("exit", () => rmSync(tempFolder, { recursive: true, force: true }));

let paths = 0;

/** An unused path to listen on, short enough for every system. */
export function uniquePath(): string {
  const name = `${++paths}.sock`;
  return process.platform === "win32"
    ? `\\\\?\\pipe\\isonet-${process.pid}-${name}`
    : join(tempFolder, name);
}
