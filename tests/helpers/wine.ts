/**
 * Wine, which takes the place of Windows where there is none. What it does in
 * another way is not tested by it.
 *
 * @module
 */
import { existsSync } from "node:fs";
import process from "node:process";
import type { Transport } from "./transports.ts";

const isWine = process.platform === "win32" &&
  existsSync(`${process.env.SystemRoot}\\system32\\winecfg.exe`);

/** Why nobody learns that a named pipe is taken, if so. */
export const sharesPipes: string | false = isWine &&
  "by Wine, two servers may have one named pipe";

/** Why a test of an address that is taken is skipped over a path, if so. */
export function skipTakenPath({ ipc }: Transport): string | false {
  return ipc && sharesPipes;
}
