/**
 * Errors of the runtime's `node:net` in the shape of Node's. Those of Deno and
 * Bun may lack fields, or name another call.
 *
 * @module
 */
import { builtin } from "../builtins.ts";
import type { ConnectTarget, ListenTarget } from "../adapter.ts";
import { pathBindCode } from "../common/pipe_path.ts";
import { codeFrom, systemError, type SystemErrorDetails } from "../errors.ts";
import type { NetDialect } from "./dialect.ts";

/** The fields that a native error may have. */
interface NativeError {
  code?: string;
  errno?: number;
  syscall?: string;
  address?: string | null;
}

/**
 * The code of a native error. Deno's error for a denied permission has none
 * (2.9.5; not reported).
 */
function nativeCode(error: unknown, fallback: string): string {
  return isDenial(error) ? "EACCES" : codeFrom(error, fallback);
}

/** Whether it is Deno's error for a denied permission. */
export function isDenial(error: unknown): boolean {
  return (error as Partial<Error>).name === "NotCapable";
}

/** Whether it is one of Node's own errors, which are not the system's. */
function isOwn(error: unknown): boolean {
  return (error as NativeError).code?.startsWith("ERR_") ?? false;
}

/** A native error as it is if it is complete; otherwise made anew. */
export function normalize(
  error: Error,
  call: string,
  details?: SystemErrorDetails,
): Error {
  const { code, errno, syscall } = error as NativeError;
  if (isOwn(error)) return error;
  if (code && typeof errno === "number" && errno < 0 && syscall) return error;
  return remade(error, syscall || call, details);
}

/** A native error made anew. */
function remade(
  error: Error,
  call: string,
  details?: SystemErrorDetails,
): Error {
  const made = systemError(nativeCode(error, "EIO"), call, details);
  return withCause(made, error);
}

/** A denied permission says in its own error which flag is missing. */
export function withCause<E extends Error>(made: E, native: unknown): E {
  if (isDenial(native)) made.cause = native;
  return made;
}

/**
 * Why a write failed. The streams of `node:net` have codes of their own for a
 * socket that is closed already; the contract asks for a system error.
 */
export function writeError(error: Error): Error {
  const { code } = error as NativeError;
  return code === "ERR_STREAM_DESTROYED" || code === "ECANCELED"
    ? systemError("EPIPE", "write")
    : normalize(error, "write");
}

/** Why a listener could not bind. */
export function listenError(
  error: object,
  target: ListenTarget,
  dialect: NetDialect,
): Error {
  const { completeErrors } = dialect;
  if (target.kind === "handle") {
    const details = { address: null, explain: true };
    return completeErrors
      ? normalize(error as Error, "listen", details)
      : systemError(codeFrom(error, "EINVAL"), "listen", details);
  }
  const isPipe = target.kind === "pipe";
  const address = isPipe ? target.path : target.address ?? "::";
  const port = isPipe ? -1 : target.port;
  const details = { address, port, explain: true };
  if (completeErrors && (error as NativeError).address != null) {
    return normalize(error as Error, "listen", details);
  }
  const native = nativeCode(error, "EIO");
  const code = isPipe
    ? pathBindCode(native)
    : addressCode(native, address, dialect);
  // In a cluster worker it is the primary that failed, and it only binds.
  if (builtin("node:cluster").isWorker && !target.exclusive) {
    return systemError(code, "bind", { address, port });
  }
  return withCause(systemError(code, "listen", details), error);
}

/** Why an attempt to connect failed. */
export function connectError(
  error: Error,
  target: ConnectTarget,
  dialect: NetDialect,
): Error {
  const details = target.kind === "tcp" ? target : { address: target.path };
  if (dialect.completeErrors) return normalize(error, "connect", details);
  if (target.kind === "pipe") {
    // Deno on Windows names a local address, which no pipe has.
    return isOwn(error) ? error : remade(error, "connect", details);
  }
  const { localAddress, localPort, family } = target;
  let code = codeFrom(error, "EIO");
  if (localAddress) code = addressCode(code, localAddress, dialect);
  // An error about an address is about the source address, if there is one,
  // whatever call it names.
  const isBind = (error as NativeError).syscall === "bind" ||
    ((localAddress || localPort) && code.startsWith("EADDR"));
  if (!isBind) return normalize(error, "connect", details);
  return systemError(code, "bind", {
    address: localAddress ?? (family === 4 ? "0.0.0.0" : "::"),
    port: localPort,
  });
}

/**
 * The code that Node reports if an address cannot be bound.
 *
 * @param code The code that the runtime reports.
 */
export function addressCode(
  code: string,
  address: string,
  { hidesForeignAddress }: NetDialect,
): string {
  // A link-local address without a zone is EINVAL in Node, too.
  const isForeign = hidesForeignAddress && code === "EINVAL" &&
    !/^fe80:/i.test(address);
  return isForeign ? "EADDRNOTAVAIL" : code;
}
