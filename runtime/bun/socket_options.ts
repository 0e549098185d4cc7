/**
 * Options and state of an open TCP socket of Bun.
 *
 * @module
 */
import { process } from "../builtins.ts";
import type { KeepAliveProbes } from "../adapter.ts";
import { codeOf, featureUnavailable, systemError } from "../errors.ts";
import type { BunSocket } from "./api.ts";
import { hasLibc, setKeepAliveProbes } from "./libc.ts";

/**
 * Turn Nagle's algorithm on at the second write: Bun turns it off (1.4.5; not
 * reported). Nothing is on its way that the first write would wait for; many
 * connections have no second one. It stays off for Bun's `http`, which writes in
 * pieces, and Bun's `tls`.
 *
 * @param user Who writes; `undefined` if nobody was told of the connection.
 */
export function restoreNagle(
  socket: BunSocket<unknown>,
  user: { readonly isOfHttp: boolean } | undefined,
): void {
  if (!user?.isOfHttp) socket.setNoDelay(false);
}

/** @param initialDelay In seconds. */
export function setKeepAlive(
  socket: BunSocket<unknown>,
  on: boolean,
  initialDelay: number,
  probes: KeepAliveProbes | undefined,
): void {
  if (probes && !hasLibc()) throw featureUnavailable("keepAliveProbes", "bun");
  // Once it is a handle for others, it counts in seconds.
  const unit = Object.hasOwn(socket, "setKeepAlive") ? 1 : 1000;
  socket.setKeepAlive(on, initialDelay * unit);
  if (probes) setKeepAliveProbes(socket.fd, probes);
}

/** Set `IP_TOS`. */
export function setTypeOfService(
  socket: BunSocket<unknown>,
  tos: number,
): void {
  const result = socket.setTypeOfService(tos);
  // Windows has no such option for some sockets; Node leaves it at that.
  if (result < 0 && process.platform !== "win32") {
    throw systemError(codeOf(result), "setTypeOfService");
  }
}

/** Read `IP_TOS`. */
export function getTypeOfService(socket: BunSocket<unknown>): number {
  const result = socket.getTypeOfService();
  if (result < 0) throw systemError(codeOf(result), "getTypeOfService");
  return result;
}

/** Whether a RST has arrived: the address of the peer is gone with it. */
export function isReset(socket: BunSocket<unknown>): boolean {
  return socket.remotePort === undefined;
}
