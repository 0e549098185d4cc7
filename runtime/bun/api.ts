/**
 * The part of Bun's API that the Bun backend uses, typed here so that the
 * package depends on no types of Bun's. Reached through `globalThis`:
 * importing this module does nothing on another runtime.
 *
 * @module
 */
import process from "node:process";

/** A connected socket, or one that connects. */
export interface BunSocket<Data> {
  /** What the handlers find their own state by. */
  data: Data;
  /** The descriptor; -1 once closed. */
  readonly fd: number;
  /** Read once, then remembered by Bun. `undefined` for a path. */
  readonly localAddress: string | undefined;
  /** Asked of the system each time; `undefined` once disconnected. */
  readonly localPort: number | undefined;
  /** Read once, then remembered by Bun. `undefined` for a path. */
  readonly remoteAddress: string | undefined;
  /** Asked of the system each time; `undefined` once disconnected. */
  readonly remotePort: number | undefined;
  /** What the system took so far; known after the close, too. */
  readonly bytesWritten: number;
  /**
   * One `send`: how many bytes the system took, perhaps none. -1 if it
   * failed, which no handler reports, or if the socket is closed.
   */
  write(data: Uint8Array | string, offset?: number, length?: number): number;
  /** Sends a FIN. */
  shutdown(): void;
  /** Closes; `close` is called before this returns. */
  close(): void;
  /** Closes with a RST; `close` is called before this returns. */
  terminate(): void;
  /** Wrap in TLS; returns the raw and the encrypted socket. */
  upgradeTLS(options: object): unknown;
  /** Stops reading. */
  pause(): void;
  /** Reads again. */
  resume(): void;
  /** Keeps the process alive while the socket is open (the default). */
  ref(): void;
  /** Lets the process exit. */
  unref(): void;
  /** Nagle's algorithm off or on. Bun turns it off by itself. */
  setNoDelay(on: boolean): boolean;
  /** Probes after that many milliseconds of silence. */
  setKeepAlive(on: boolean, initialDelay: number): boolean;
  /** Sets `IP_TOS`; gives a negative error number if it fails. */
  setTypeOfService(tos: number): number;
  /** `IP_TOS`, or a negative error number. */
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

/** The functions that Bun calls; each drains ticks and promise jobs after. */
export interface BunHandlers<Data> {
  /** Connected or accepted. A throw in here would close the socket. */
  open(socket: BunSocket<Data>): void;
  /** Bytes arrived, in memory of their own. */
  data(socket: BunSocket<Data>, chunk: Uint8Array): void;
  /** The system takes bytes again. Also called without need. */
  drain(socket: BunSocket<Data>): void;
  /** The peer's FIN, unless this end sent its own before: then `close`. */
  end(socket: BunSocket<Data>): void;
  /** Closed by this end, by both FINs, or by an error. */
  close(socket: BunSocket<Data>, error?: Error): void;
  /** Not connected. Called before `connect` returns if known by then. */
  connectError(socket: BunSocket<Data>, error: Error): void;
}

/** Where to, or what on. A descriptor is for `connect`, and opens at once. */
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
export type BunSocketOptions<Data> = BunAddress & {
  readonly socket: BunHandlers<Data>;
  readonly data: Data;
  readonly allowHalfOpen: true;
};

/** The global `Bun`. */
export interface BunApi {
  connect<Data>(options: BunSocketOptions<Data>): Promise<unknown>;
  listen<Data>(options: BunSocketOptions<Data>): BunServer;
}

/** The global `Bun`, there whenever the Bun backend is used. */
export function bunApi(): BunApi {
  return (globalThis as unknown as { Bun: BunApi }).Bun;
}

/**
 * The socket of an attempt to connect that is still under way.
 *
 * Bun hands a socket out only once it is connected, and takes no signal. But
 * it protects a connecting socket from collection, and `bun:jsc` lists what is
 * protected. The search costs some microseconds; only giving up needs it.
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
    if (Object.prototype.toString.call(found) !== "[object TCPSocket]") {
      continue;
    }
    const socket = found as BunSocket<Data>;
    if (socket.data === data) return socket;
  }
  return undefined;
}
