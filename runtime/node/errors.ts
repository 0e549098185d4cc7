/**
 * Errors of the runtime's `node:net` in Node's own shape. Deno's and Bun's
 * leave fields out, or name another call.
 *
 * @module
 */
import cluster from "node:cluster";
import type { ConnectTarget, ListenTarget } from "../adapter.ts";
import { codeFrom, systemError, type SystemErrorDetails } from "../errors.ts";

const isEmulated = "Deno" in globalThis || "Bun" in globalThis;

/** What a native error tells, or not. */
interface NativeError {
  code?: string;
  errno?: number;
  syscall?: string;
  address?: string | null;
}

/** A native error as it is if it is complete, else rebuilt from its code. */
export function normalize(
  error: Error,
  call: string,
  details?: SystemErrorDetails,
): Error {
  const { code, errno, syscall } = error as NativeError;
  if (code?.startsWith("ERR_")) return error;
  if (code && typeof errno === "number" && errno < 0 && syscall) return error;
  return systemError(codeFrom(error, "EIO"), syscall || call, details);
}

/** A stream that closed by itself says so; the contract wants a system error. */
export function writeError(error: Error): Error {
  const { code } = error as NativeError;
  return code === "ERR_STREAM_DESTROYED" || code === "ECANCELED"
    ? systemError("EPIPE", "write")
    : normalize(error, "write");
}

/** Why a listener could not bind. */
export function listenError(error: object, target: ListenTarget): Error {
  if (target.kind === "handle") {
    const details = { address: null, explain: true };
    return isEmulated
      ? systemError(codeFrom(error, "EINVAL"), "listen", details)
      : normalize(error as Error, "listen", details);
  }
  const isPipe = target.kind === "pipe";
  const address = isPipe ? target.path : target.address ?? "::";
  const port = isPipe ? -1 : target.port;
  const details = { address, port, explain: true };
  if (!isEmulated && (error as NativeError).address != null) {
    return normalize(error as Error, "listen", details);
  }
  let code = codeFrom(error, "EIO");
  // libuv's word for a path whose directory is missing.
  if (isPipe && code === "ENOENT") code = "EACCES";
  if (!isPipe && isMisnamed(code, address)) code = "EADDRNOTAVAIL";
  // A worker hears of it from the primary, which only binds.
  if (cluster.isWorker && !target.exclusive) {
    return systemError(code, "bind", { address, port });
  }
  return systemError(code, "listen", details);
}

/** Why an attempt to connect failed. */
export function connectError(error: Error, target: ConnectTarget): Error {
  const details = target.kind === "tcp" ? target : { address: target.path };
  if (!isEmulated || target.kind === "pipe") {
    return normalize(error, "connect", details);
  }
  const { localAddress, localPort, family } = target;
  let code = codeFrom(error, "EIO");
  if (localAddress && isMisnamed(code, localAddress)) code = "EADDRNOTAVAIL";
  // With a source address these are about it, whatever the call is named.
  const isBind = (error as NativeError).syscall === "bind" ||
    ((localAddress || localPort) && code.startsWith("EADDR"));
  if (!isBind) return normalize(error, "connect", details);
  return systemError(code, "bind", {
    address: localAddress ?? (family === 4 ? "0.0.0.0" : "::"),
    port: localPort,
  });
}

/** Deno's `node:net` says EINVAL for an address that is not this machine's. */
export function isMisnamed(code: string, address: string): boolean {
  return code === "EINVAL" && "Deno" in globalThis && !/^fe80:/i.test(address);
}
