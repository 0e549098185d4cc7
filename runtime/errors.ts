/**
 * System errors in the shape that Node gives them: `code`, negative `errno`,
 * `syscall`, and for calls with an address also `address` and `port`.
 *
 * @module
 */
import { builtin, process } from "./builtins.ts";

/** An `Error` with the fields that Node's system errors carry. */
export interface SystemError extends Error {
  /** Name of the error: `"ECONNREFUSED"`, `"EADDRINUSE"`, ... */
  code: string;
  /** Its negative number, as libuv has it. */
  errno: number;
  /** The call that failed: `"connect"`, `"listen"`, `"read"`, ... */
  syscall: string;
  /** Address or path of the call; `null` for a descriptor. */
  address?: string | null;
  /** Port of the call; absent for a path. */
  port?: number;
  /** Source address, if a connect was bound to one. */
  localAddress?: string;
  /** Source port, if a connect was bound to one. */
  localPort?: number;
}

/** What a system error carries besides its code and call. */
export interface SystemErrorDetails {
  /** Address or path. */
  address?: string | null | undefined;
  /**
   * Port. 0 is left out of the error, and a negative number (-1 for a path) out
   * of the message.
   */
  port?: number | undefined;
  /** Source address that a connect was bound to. */
  localAddress?: string | undefined;
  /** Source port that a connect was bound to. */
  localPort?: number | undefined;
  /** Put the explanation ("address already in use") into the message. */
  explain?: boolean | undefined;
}

/** Errors of a lookup, of which libuv's list has other names or none. */
const LOOKUP_ERRNO: Readonly<Record<string, number>> = {
  EAI_NONAME: -3008,
  ENOTFOUND: -3008,
};

/** What libuv has for an error that it does not know: `UV_UNKNOWN`. */
const UNKNOWN_ERRNO = -4094;

/** What is known of an error name. */
interface ErrorFacts {
  /** Its negative number. */
  readonly errno: number;
  /** "address already in use" */
  readonly explanation: string;
}

let facts: ReadonlyMap<string, ErrorFacts> | undefined;

/** libuv's list of errors by their names. */
export function errorFacts(
  list: SystemErrorMap,
): ReadonlyMap<string, ErrorFacts> {
  const byName = new Map<string, ErrorFacts>();
  for (const [errno, [name, explanation]] of list) {
    byName.set(name, { errno, explanation });
  }
  return byName;
}

/** Errors by their negative numbers, each with its name and an explanation. */
type SystemErrorMap = ReadonlyMap<
  number,
  readonly [name: string, explanation: string]
>;

/**
 * The errors that libuv knows. Deno 2.8.0 and Bun before 1.4 have the list in a
 * binding alone: https://github.com/denoland/deno/pull/34372
 */
export function systemErrorMap(): SystemErrorMap {
  const { getSystemErrorMap } = builtin("node:util") as {
    getSystemErrorMap?(): SystemErrorMap;
  };
  if (getSystemErrorMap) return getSystemErrorMap();
  const withBinding = process as unknown as {
    binding(name: "uv"): {
      readonly errorMap?: SystemErrorMap;
      getErrorMap?(): SystemErrorMap;
    };
  };
  const uv = withBinding.binding("uv");
  return uv.errorMap ?? uv.getErrorMap!();
}

function factsOf(code: string): ErrorFacts | undefined {
  facts ??= errorFacts(systemErrorMap());
  return facts.get(code);
}

/** libuv passes on an error of Unix that it has no name for. */
function systemErrno(code: string): number {
  const known =
    (builtin("node:os").constants.errno as Record<string, number>)[code];
  return known === undefined || process.platform === "win32"
    ? UNKNOWN_ERRNO
    : -known;
}

/**
 * The number of an error name, negative, as libuv has it. It is the system's
 * own on Unix, but not on Windows, where `os.constants.errno` has the numbers
 * of the C library.
 *
 * @example
 * ```ts
 * errnoOf("EADDRINUSE"); // -98 on Linux
 * ```
 */
export function errnoOf(code: string): number {
  return factsOf(code)?.errno ?? LOOKUP_ERRNO[code] ?? systemErrno(code);
}

/** The name of an error number of either sign: -98 is `"EADDRINUSE"` on Linux. */
export function codeOf(errno: number): string {
  return builtin("node:util").getSystemErrorName(-Math.abs(errno));
}

/**
 * Make a system error as Node's `net` would.
 *
 * @example
 * ```ts
 * systemError("ECONNREFUSED", "connect", { address: "127.0.0.1", port: 1 });
 * // Error: connect ECONNREFUSED 127.0.0.1:1
 * ```
 */
export function systemError(
  code: string,
  syscall: string,
  details: SystemErrorDetails = {},
): SystemError {
  const { address, port, localAddress, localPort, explain } = details;
  let where = "";
  if (port !== undefined && port > 0) where = ` ${address}:${port}`;
  else if (address) where = ` ${address}`;
  const what = explain
    ? `${code}: ${factsOf(code)?.explanation ?? "unknown error"}`
    : code;
  const error = new Error(`${syscall} ${what}${where}`) as SystemError;
  error.errno = errnoOf(code);
  error.code = code;
  error.syscall = syscall;
  if (address !== undefined) error.address = address;
  if (port) error.port = port;
  if (localAddress && localPort) {
    withLocalAddress(error, localAddress, localPort);
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  return error;
}

/**
 * Add the local end to the message of an error, unless it is there already:
 * `"connect EINVAL 127.0.0.1:80 - Local (0.0.0.0:0)"`.
 *
 * Node does so to every `connect` that fails before it reaches the network,
 * even where there is no local end; then both parts are `undefined`.
 *
 * @param error The error to change.
 * @param address Local address, as far as it is known.
 * @param port Local port, as far as it is known.
 * @returns The same error.
 */
export function withLocalAddress<E extends Error>(
  error: E,
  address: string | undefined,
  port: number | undefined,
): E {
  if (!error.message.includes(" - Local (")) {
    error.message += ` - Local (${address}:${port})`;
  }
  return error;
}

/**
 * The code of a native error, or a fallback for one that has none.
 *
 * @param error What the runtime threw or reported.
 * @param fallback Code for an error that has neither a code nor a number.
 */
export function codeFrom(error: unknown, fallback: string): string {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return code;
  if (typeof errno === "number" && errno !== 0) return codeOf(errno);
  return fallback;
}

/**
 * The error for a feature that a runtime does not have.
 *
 * @param feature What was asked for: `"reusePort"`, ...
 * @param runtime The runtime that lacks it: `"deno"`, `"bun"`, `"node"`.
 */
export function featureUnavailable(feature: string, runtime: string): Error {
  const error = new TypeError(
    `The feature ${feature} is unavailable on this version of ${runtime}`,
  );
  return Object.assign(error, {
    code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    feature,
  });
}
