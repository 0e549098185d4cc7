/**
 * Which paths a Unix domain socket can have, and what Node reports for others.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { process } from "../builtins.ts";
import { systemError, withLocalAddress } from "../errors.ts";
import { SUN_PATH_SIZE } from "./linux_sockets.ts";

/** The calls that take a path. */
type PathCall = "bind" | "connect" | "listen";

const isWindows = process.platform === "win32";

/** What the name of a named pipe begins with. Windows binds no other path. */
const PIPE_NAME = /^[\\/]{2}[.?][\\/]pipe[\\/]/i;

/**
 * The longest path in bytes: the size of `sun_path`, which is 104 on macOS and
 * the BSDs. libuv uses all of it. A named pipe of Windows has no such limit.
 */
const PATH_SIZE: number = isWindows
  ? Infinity
  : process.platform === "linux"
  ? SUN_PATH_SIZE
  : 104;

/** Whether a path may be an abstract name. Only Linux has them. */
export const hasAbstractNames: boolean = process.platform === "linux" ||
  process.platform === "android";

/**
 * Refuse a path that no socket address can have: one that is too long, and an
 * abstract name where there are none, as libuv does. Bun 1.4.5 on macOS would
 * take the name for a file (not reported).
 *
 * Node does so since version 23 (https://github.com/nodejs/node/pull/52347).
 * Older versions cut the path, and so bind or connect to another one.
 *
 * @param reserved Bytes that the runtime needs behind the path of a file, for
 * a NUL. An abstract name needs none.
 * @throws {Error} `EINVAL`
 */
export function checkPipePath(
  path: string,
  syscall: PathCall,
  reserved = 0,
): void {
  const isAbstract = path.startsWith("\0");
  if (isAbstract && !hasAbstractNames) throw invalidPath(path, syscall);
  if (isWindows && syscall !== "connect" && !PIPE_NAME.test(path)) {
    throw systemError("EACCES", syscall, {
      address: path,
      port: -1,
      explain: true,
    });
  }
  const longest = isAbstract ? PATH_SIZE : PATH_SIZE - reserved;
  // A UTF-16 code unit is at most three bytes of UTF-8.
  if (path.length * 3 <= longest || Buffer.byteLength(path) <= longest) return;
  throw invalidPath(path, syscall);
}

/**
 * Whether a path has a NUL that does not make it an abstract name. Only the
 * part before it would count.
 */
export function hasStrayNul(path: string): boolean {
  return !path.startsWith("\0") && path.includes("\0");
}

/** The error for a path that no socket can have: `EINVAL`. */
export function invalidPath(path: string, syscall: PathCall): Error {
  switch (syscall) {
    case "bind":
      return systemError("EINVAL", syscall);
    case "listen":
      return systemError("EINVAL", syscall, {
        address: path,
        port: -1,
        explain: true,
      });
    case "connect":
      return withLocalAddress(
        systemError("EINVAL", syscall, { address: path }),
        undefined,
        undefined,
      );
  }
}

/**
 * The code that libuv, and so Node, has for a path that cannot be bound: it
 * reports `EACCES` if the folder does not exist.
 *
 * @param code The system's code.
 */
export function pathBindCode(code: string): string {
  return code === "ENOENT" ? "EACCES" : code;
}
