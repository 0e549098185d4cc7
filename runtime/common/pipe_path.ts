/**
 * How long the path of a Unix domain socket may be.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import { systemError, withLocalAddress } from "../errors.ts";

/** `sizeof(sockaddr_un.sun_path)` in bytes; a named pipe has no such limit. */
const LONGEST = process.platform === "win32"
  ? Infinity
  : process.platform === "linux"
  ? 108
  : 104;

/**
 * Refuse a path that no socket address can hold, as current libuv does.
 * Older ones cut it and connect elsewhere.
 *
 * @throws {Error} `EINVAL`
 */
export function checkPipePath(
  path: string,
  syscall: "bind" | "connect" | "listen",
): void {
  if (path.length * 3 <= LONGEST || Buffer.byteLength(path) <= LONGEST) return;
  if (syscall === "bind") throw systemError("EINVAL", syscall);
  if (syscall === "listen") {
    throw systemError("EINVAL", syscall, {
      address: path,
      port: -1,
      explain: true,
    });
  }
  const error = systemError("EINVAL", syscall, { address: path });
  throw withLocalAddress(error, undefined, undefined);
}
