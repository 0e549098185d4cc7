/**
 * Deno's errors as system errors.
 *
 * @module
 */
import {
  codeFrom,
  type SystemError,
  systemError,
  type SystemErrorDetails,
} from "../errors.ts";

/** Errors that carry no code, by class. */
const CODE_BY_NAME: Readonly<Record<string, string>> = {
  // A denied permission.
  NotCapable: "EACCES",
  TimedOut: "ETIMEDOUT",
  BadResource: "EBADF",
};

/**
 * A system error for what Deno threw. An error without a code stays as its
 * `cause`: that of a denied permission says which flag is missing.
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
  if (code !== "") return systemError(code, syscall, details);
  const made = systemError(CODE_BY_NAME[name] ?? "EINVAL", syscall, details);
  made.cause = error;
  return made;
}
