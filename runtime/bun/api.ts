/**
 * The part of Bun's API that the Bun backend uses. It is typed here, so that the
 * package does not depend on Bun's own types, and reached through `globalThis`,
 * so that this module can be imported on every runtime.
 *
 * @module
 */
import { process } from "../builtins.ts";

/** A socket that is connected or connecting. */
export interface BunSocket<Data> {
  /** The object behind the socket; the handlers look for their state here. */
  data: Data;
  /** The descriptor; -1 once closed. */
  readonly fd: number;
  /** Bun reads it once, and then remembers it. `undefined` for a path. */
  readonly localAddress: string | undefined;
  /** Bun asks the system each time. `undefined` once disconnected. */
  readonly localPort: number | undefined;
  /** Bun reads it once, and then remembers it. `undefined` for a path. */
  readonly remoteAddress: string | undefined;
  /** Bun asks the system each time. `undefined` once disconnected. */
  readonly remotePort: number | undefined;
  /** Bytes that the system accepted so far. Still known after the close. */
  readonly bytesWritten: number;
  /**
   * Calls `send` once, and returns how many bytes the system accepted, perhaps
   * none. Returns -1 if that failed, which no handler reports, or if the socket
   * is closed.
   */
  write(data: Uint8Array | string, offset?: number, length?: number): number;
  /** Sends a FIN. */
  shutdown(): void;
  /** Closes; `close` is called before this returns. */
  close(): void;
  /** Closes with a RST; `close` is called before this returns. */
  terminate(): void;
  /** Wraps it in TLS; returns the raw and the encrypted socket. */
  upgradeTLS(options: object): readonly [object, object] | undefined;
  /** Stops reading. */
  pause(): void;
  /** Reads again. */
  resume(): void;
  /** Keeps the process alive while the socket is open (the default). */
  ref(): void;
  /** Lets the process exit. */
  unref(): void;
  /** Turns Nagle's algorithm off or on. Bun turns it off by itself. */
  setNoDelay(on: boolean): boolean;
  /** Sends probes after that many milliseconds of silence. */
  setKeepAlive(on: boolean, initialDelay: number): boolean;
  /** Sets `IP_TOS`; returns a negative error number if that fails. */
  setTypeOfService(tos: number): number;
  /** Returns `IP_TOS`, or a negative error number. */
  getTypeOfService(): number;
}

/** A listener. */
export interface BunServer {
  /** The descriptor. */
  readonly fd: number;
  /** Fills in the bound address; leaves it empty for a path. */
  getsockname(
    out: { address?: string; family?: string; port?: number },
  ): void;
  /** Stops listening and unlinks a path; connections stay. */
  stop(): void;
  /** Keeps the process alive (the default). */
  ref(): void;
  /** Lets the process exit. */
  unref(): void;
}

/** The functions that Bun calls. After each it runs ticks and promise jobs. */
export interface BunHandlers<Data> {
  /** Connected or accepted. A throw in here would close the socket. */
  open(socket: BunSocket<Data>): void;
  /** Bytes arrived, in memory that Bun does not use again. */
  data(socket: BunSocket<Data>, chunk: Uint8Array): void;
  /** The system accepts bytes again. Also called if nothing waits for that. */
  drain(socket: BunSocket<Data>): void;
  /** The peer's FIN. If this end has sent its own before, `close` comes instead. */
  end(socket: BunSocket<Data>): void;
  /** Closed by this end, by both FINs, or by an error. */
  close(socket: BunSocket<Data>, error?: Error): void;
  /** Connecting failed. Called before `connect` returns if known by then. */
  connectError(socket: BunSocket<Data>, error: Error): void;
  /** A handler threw, or on Windows the write of a named pipe failed. */
  error?(socket: BunSocket<Data>, error: Error): void;
}

/**
 * Where to connect to or listen on. Only `connect` takes a descriptor, which is
 * connected already, and opens it before it returns.
 */
export type BunAddress =
  | {
    readonly hostname: string;
    readonly port: number;
    readonly localAddress?: string | undefined;
    readonly localPort?: number | undefined;
    readonly ipv6Only?: boolean;
    readonly reusePort?: boolean;
  }
  | { readonly unix: string }
  | { readonly fd: number };

/** Options of both calls. */
type BunSocketOptions<Data> = BunAddress & {
  readonly socket: BunHandlers<Data>;
  readonly data: Data;
  readonly allowHalfOpen: true;
};

/** The global `Bun`. */
interface BunApi {
  connect<Data>(options: BunSocketOptions<Data>): Promise<unknown>;
  listen<Data>(options: BunSocketOptions<Data>): BunServer;
}

/** The global `Bun`. Only called where the Bun backend is in use. */
export function bunApi(): BunApi {
  return (globalThis as unknown as { Bun: BunApi }).Bun;
}

/**
 * The socket of an attempt to connect that is still under way.
 *
 * `Bun.connect` gives access to a socket only once it is connected, and takes no
 * `AbortSignal` (1.4.5; not reported). But Bun protects a connecting socket from
 * garbage collection, and `bun:jsc` lists what is protected. The search takes
 * some microseconds. Only `abort` and `localEndpoint` need it.
 *
 * @param data The `data` that the attempt was started with.
 */
export function findConnecting<Data>(
  data: Data,
): BunSocket<Data> | undefined {
  const jsc = process.getBuiltinModule("bun:jsc") as unknown as {
    getProtectedObjects(): unknown[];
  };
  for (const found of jsc.getProtectedObjects()) {
    // Before 1.4.4, Bun lists compiled code as well, and crashes when a property
    // of that is read (not reported). For this function, it is no object.
    if (!Object.isExtensible(found)) continue;
    if (Object.prototype.toString.call(found) !== "[object TCPSocket]") {
      continue;
    }
    const socket = found as BunSocket<Data>;
    if (socket.data === data) return socket;
  }
  return undefined;
}
