/**
 * What differs between the `node:net` modules of the runtimes, as far as this
 * backend has to know it.
 *
 * @module
 */

import type { TcpConnectTarget } from "../adapter.ts";

/** Properties of one runtime's `node:net`. */
export interface NetDialect {
  /** Whose module it is, for messages: `"node"`, `"deno"` or `"bun"`. */
  readonly runtime: string;
  /**
   * Whether errors of `listen` and of a TCP `connect` are Node's in every
   * field. Otherwise only their code is used, and the rest made anew.
   */
  readonly completeErrors: boolean;
  /**
   * Whether an exception of a listener is an uncaught exception. Otherwise it
   * may be lost, or leave the socket half-way.
   */
  readonly reportsExceptions: boolean;
  /**
   * Whether a write and a shutdown call back in the context of an
   * `AsyncLocalStorage` that they were called in.
   */
  readonly answersInContext: boolean;
  /**
   * Whether `EINVAL` stands for `EADDRNOTAVAIL`: an address that is not one of
   * this machine.
   */
  readonly hidesForeignAddress: boolean;
  /**
   * Whether `'connectionAttempt'` is emitted once the source address is bound.
   * Otherwise it comes too early to mean anything.
   */
  readonly announcesBound: boolean;
  /**
   * Whether the module decides after the listeners of `'connect'` and
   * `'connection'` if the socket reads, without regard to what they did.
   */
  readonly decidesOnReading: boolean;
  /**
   * Whether a socket has its handle from the call of `connect()` on, and other
   * modules of the runtime take it over.
   */
  readonly nativeHandles: boolean;
  /**
   * What a handle belongs to, where that is not up to the handle's user: no
   * other socket can be made of it.
   */
  ownerOf(handle: object): unknown;
  /**
   * Whether a write may be pending although it is not blocked. Node has sent
   * its bytes when the call returns; destroying the socket would drop them.
   */
  readonly writesLater: boolean;
  /**
   * How many peers a named pipe is to be able to have at a time, where there is
   * a limit; 0 if there is none. Windows names 254 of them.
   */
  readonly pipeInstances: number;
  /**
   * Where the end of a path does not reach its peer: for how many milliseconds
   * the peer is to be silent before reading ends, too. Otherwise 0.
   */
  readonly pipeEnd: number;
  /**
   * Whether a TCP listener that finds no descriptor for a peer accepts nobody
   * any more, until it is told to listen once more.
   */
  readonly stopsAccepting: boolean;
  /** Whether `listen` heeds a `backlog`. */
  readonly backlog: boolean;
  /** Whether Nagle's algorithm is on at first. */
  readonly delays: boolean;
  /**
   * Why the program may not use an address, on a runtime with permissions whose
   * own refusal would be an uncaught exception. `null` if it may.
   */
  netDenial(address: string, port: number): Error | null;
  /** Whether the program may use an address only by the name of its host. */
  isGrantedByName(target: TcpConnectTarget): boolean;
  /** The same for a path. */
  pathDenial(path: string): Error | null;
  /**
   * Whether something has this path, where trying to listen would remove it.
   * Otherwise `false`, and listening fails if something has it.
   */
  isPathTaken(path: string): boolean;
  /** Whether a bare handle heeds `ipv6Only` and `reusePort` when it binds. */
  readonly bindFlags: boolean;
  /**
   * Whether `listen` heeds `ipv6Only`. If it does not, another means to keep
   * IPv4 peers out of a listener on `::`.
   */
  readonly ipv6Only: "supported" | Ipv6OnlyListen;
}

/** A means to listen on `::` alone for a `node:net` that ignores `ipv6Only`. */
interface Ipv6OnlyListen {
  /** Whether it works in this process. */
  isAvailable(): boolean;
  /**
   * Listen on every IPv6 address, and on no IPv4 one.
   *
   * @returns The descriptor, or a negative error number.
   */
  listen(port: number, backlog: number): number;
}

/** Node's own module. */
export const nodeDialect: NetDialect = {
  runtime: "node",
  completeErrors: true,
  reportsExceptions: true,
  answersInContext: true,
  hidesForeignAddress: false,
  announcesBound: true,
  decidesOnReading: false,
  backlog: true,
  nativeHandles: true,
  ownerOf: () => undefined,
  writesLater: false,
  pipeInstances: 0,
  pipeEnd: 0,
  stopsAccepting: false,
  delays: true,
  netDenial: () => null,
  isGrantedByName: () => false,
  pathDenial: () => null,
  isPathTaken: () => false,
  bindFlags: true,
  ipv6Only: "supported",
};
