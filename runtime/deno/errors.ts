/**
 * Deno's errors as system errors.
 *
 * @module
 */
import { process } from "../builtins.ts";
import {
  codeFrom,
  featureUnavailable,
  type SystemError,
  systemError,
  type SystemErrorDetails,
} from "../errors.ts";

/** The codes of errors that carry none, by their class. */
const CODE_BY_NAME: Readonly<Record<string, string>> = {
  // A denied permission.
  NotCapable: "EACCES",
  TimedOut: "ETIMEDOUT",
  BadResource: "EBADF",
};

/**
 * The code that libuv, and so Node, has for a code of the system. macOS may
 * report `EPROTOTYPE` for a write to a connection that its peer closes:
 * https://github.com/libuv/libuv/pull/3413.
 */
function codeAsNode(code: string, syscall: string): string {
  const transfers = syscall === "write" || syscall === "read";
  return transfers && code === "EPROTOTYPE" ? "ECONNRESET" : code;
}

/**
 * Whether an accept failed because the peer has gone: Deno up to 2.9 asks for
 * its address. Linux reports `ENOTCONN` then, macOS `EINVAL`
 * (https://github.com/denoland/deno/issues/9051), as Windows does by Wine.
 */
export function isPeerGone(code: string): boolean {
  return code === "ENOTCONN" ||
    (code === "EINVAL" && process.platform !== "linux");
}

/**
 * Make a system error of what Deno threw. An error without a code becomes its
 * `cause`: the error of a denied permission says which flag is missing.
 *
 * @param error What was thrown.
 * @param syscall The call that failed.
 * @param details Address and port, where the call was about one.
 */
export function fromDenoError(
  error: unknown,
  syscall: string,
  details?: SystemErrorDetails,
): SystemError {
  const { name = "" } = error as Partial<Error>;
  const code = codeFrom(error, "");
  if (code !== "") {
    return systemError(codeAsNode(code, syscall), syscall, details);
  }
  const made = systemError(CODE_BY_NAME[name] ?? "EINVAL", syscall, details);
  made.cause = error;
  return made;
}

/** Refuse what this version of Deno has no means for. */
export function requireFeature(feature: string, isThere: boolean): void {
  if (!isThere) throw featureUnavailable(feature, "deno");
}
