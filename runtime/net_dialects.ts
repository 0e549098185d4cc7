/**
 * How the `node:net` of Deno and of Bun differs from Node's.
 *
 * @module
 */
import { process } from "./builtins.ts";
import { PIPE_END_MS } from "./common/pipe_end.ts";
import { exists, isGrantedByName, netDenial, pathDenial } from "./deno/api.ts";
import { hasLibc, listenIPv6Only } from "./deno/libc.ts";
import { needsHelpWithPaths } from "./deno/version.ts";
import type { NetDialect } from "./node/dialect.ts";

/** Deno's `node:net`, as seen in 2.9.5. */
export const denoDialect: NetDialect = {
  runtime: "deno",
  // The code may be wrong, for the next reason.
  completeErrors: false,
  // Its connects and reads end in promises.
  reportsExceptions: false,
  // Not reported: a write that waits calls back in none.
  answersInContext: false,
  // Not reported: `listen EINVAL` for an address of another machine.
  hidesForeignAddress: true,
  announcesBound: true,
  decidesOnReading: false,
  backlog: true,
  nativeHandles: false,
  ownerOf: () => undefined,
  // Not reported: the first write of an accepted socket, in 2.8.
  writesLater: true,
  // Not reported: the default is 4. A larger number than this ends the process.
  pipeInstances: process.platform === "win32" ? 254 : 0,
  // Not reported: of a named pipe it does not.
  pipeEnd: process.platform === "win32" ? PIPE_END_MS : 0,
  // Not reported: when its accept fails, nobody polls it again.
  stopsAccepting: true,
  delays: true,
  // Not reported: the refusal is an uncaught exception of a later turn.
  netDenial,
  // Its own lookup remembers the name, and ours cannot:
  // https://github.com/denoland/deno/pull/35224
  isGrantedByName: (target) => isGrantedByName(target),
  pathDenial: (path) => needsHelpWithPaths ? pathDenial(path) : null,
  isPathTaken: (path) => needsHelpWithPaths && exists(path),
  // Not reported: the flags of a handle's bind() are ignored.
  bindFlags: false,
  // `ipv6Only` is ignored: https://github.com/denoland/deno/issues/36168
  ipv6Only: { isAvailable: hasLibc, listen: listenIPv6Only },
};

/**
 * Bun's `node:net` notes its socket on the handle: of a client, beside the
 * request to connect.
 */
function ownerOfBunHandle(handle: { data?: unknown }): unknown {
  const { data } = handle;
  return (data as { self?: unknown } | null | undefined)?.self ?? data;
}

/** Bun's `node:net`, as seen in 1.4.5. */
export const bunDialect: NetDialect = {
  runtime: "bun",
  // Not reported: the errno of `listen` is positive, and an error about the
  // source address names `connect` and the peer.
  completeErrors: false,
  // Not reported: an exception in a listener of 'connect' or 'end' is lost.
  reportsExceptions: false,
  // Not reported: a write that waits calls back in that of the connection.
  answersInContext: false,
  hidesForeignAddress: false,
  // Not reported: the event comes before the source address is bound.
  announcesBound: false,
  // Not reported: up to 1.4.0 a socket that was paused reads; later, what reads
  // while it is paused as a stream is stopped.
  decidesOnReading: true,
  nativeHandles: false,
  ownerOf: ownerOfBunHandle,
  writesLater: false,
  pipeInstances: 0,
  pipeEnd: 0,
  stopsAccepting: false,
  // It is ignored (https://github.com/oven-sh/bun/pull/33786). On Linux, the Bun
  // backend sets it through the C library.
  backlog: process.platform === "linux",
  // Not reported: TCP_NODELAY is set on every socket.
  delays: false,
  netDenial: () => null,
  isGrantedByName: () => false,
  pathDenial: () => null,
  isPathTaken: () => false,
  bindFlags: true,
  ipv6Only: "supported",
};
