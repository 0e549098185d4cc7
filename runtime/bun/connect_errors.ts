/**
 * The address that an attempt starts from, and the errors that it fails with.
 *
 * @module
 */
import type { ConnectTarget, TcpConnectTarget } from "../adapter.ts";
import { codeOf, systemError, withLocalAddress } from "../errors.ts";
import { connectErrno } from "./libc.ts";

/** Whether an attempt is to start from an address that the program chose. */
export function hasSource(target: ConnectTarget): boolean {
  return target.kind === "tcp" &&
    Boolean(target.localAddress || target.localPort);
}

/** The source address. Bun takes a source port only together with one. */
export function sourceOf(target: TcpConnectTarget): string {
  const any = target.family === 6 ? "::" : "0.0.0.0";
  const address = target.localAddress || any;
  // Bun reports another family as ECONNREFUSED (1.4.5;
  // https://github.com/oven-sh/bun/pull/31155 has the cause).
  if (address.includes(":") !== any.includes(":")) {
    throw systemError("EINVAL", "bind", { address, port: target.localPort });
  }
  return address;
}

/** The error of an attempt that failed. */
export function connectError(code: string, target: ConnectTarget): Error {
  if (target.kind === "pipe") {
    return systemError(code, "connect", { address: target.path });
  }
  const { address, port, localPort } = target;
  const localAddress = localPort ? sourceOf(target) : undefined;
  return systemError(code, "connect", {
    address,
    port,
    localAddress,
    localPort,
  });
}

/**
 * The error for a failure that is known before `connect` returns: binding
 * failed, or there is no route.
 */
export function earlyError(code: string, target: ConnectTarget): Error {
  if (target.kind === "pipe") {
    return withLocalAddress(connectError(code, target), undefined, undefined);
  }
  const { address, port, localPort } = target;
  if (hasSource(target) && code !== "ECONNREFUSED") {
    return systemError(code, "bind", {
      address: sourceOf(target),
      port: localPort,
    });
  }
  // A peer refuses in a later turn. So this ECONNREFUSED stands for another
  // error (Bun 1.4.5; https://github.com/oven-sh/bun/pull/37093).
  const errno = code === "ECONNREFUSED"
    ? connectErrno(address, port)
    : undefined;
  const error = systemError(
    errno === undefined ? code : codeOf(errno),
    "connect",
    {
      address,
      port,
    },
  );
  return withLocalAddress(error, sourceOf(target), localPort ?? 0);
}

/** The address and port that the program chose to start from, if it did. */
export function chosenSource(
  target: TcpConnectTarget,
): { readonly address: string; readonly port: number } | undefined {
  if (!hasSource(target)) return undefined;
  return { address: sourceOf(target), port: target.localPort ?? 0 };
}
