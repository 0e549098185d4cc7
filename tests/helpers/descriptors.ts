/**
 * The descriptors this process has open.
 *
 * @module
 */
import { existsSync, readdirSync, readlinkSync } from "node:fs";

const FOLDER = "/proc/self/fd";

/** Why descriptors cannot be counted here, or `false`. */
export const noDescriptors: string | false = existsSync(FOLDER)
  ? false
  : "only Linux lists the descriptors of a process";

/** How many sockets are open. */
export function openSockets(): number {
  let count = 0;
  for (const name of readdirSync(FOLDER)) {
    try {
      if (readlinkSync(`${FOLDER}/${name}`).startsWith("socket:")) count++;
    } catch {
      // The descriptor that read the folder is closed by now.
    }
  }
  return count;
}
