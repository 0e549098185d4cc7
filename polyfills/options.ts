/**
 * Types of the options, arguments and events of `Socket` and `Server`.
 *
 * @module
 */
import type { LookupAddress, LookupOptions } from "node:dns";
import type { RuntimeAdapter } from "../runtime/adapter.ts";
import type { NativeBlockList } from "../runtime/select.ts";
import type { IPVersion } from "./address/ip.ts";

export type { IPVersion };

/** A `BlockList`, of this package or of the runtime. */
export type AddressFilter = NativeBlockList;

/** What `address()` returns for a TCP socket or server. */
export interface AddressInfo {
  /** Numeric address. */
  address: string;
  /** `"IPv4"` or `"IPv6"`. */
  family: string;
  /** Port, 0 to 65535. */
  port: number;
}

/** A `BoundSocket`, of this package or of the runtime. */
export interface BoundSocketLike {
  /** The bound address with its port. The class of this package has paths, too. */
  address(): AddressInfo;
  /** The descriptor, or -1 where the runtime does not give it. */
  fd(): number;
  /** Free the address. */
  close(): void;
  /** Free the address, unless it is used up or closed. */
  [Symbol.dispose](): void;
}

/** A function to use instead of `dns.lookup`. */
export type LookupFunction = (
  hostname: string,
  options: LookupOptions,
  callback: (
    err: NodeJS.ErrnoException | null,
    address: string | LookupAddress[],
    family?: number,
  ) => void,
) => void;

/**
 * Reads incoming data into the caller's memory instead of the stream.
 *
 * @example
 * ```ts
 * import net from "@isonet/net";
 *
 * const onread: net.OnReadOpts = {
 *   buffer: new Uint8Array(64 * 1024),
 *   callback(size, buffer) {
 *     console.log(buffer.subarray(0, size)); // Uint8Array(2) [ 104, 105 ]
 *     return true;
 *   },
 * };
 * const server = net.createServer((peer) => peer.end("hi"));
 * server.listen(0, "127.0.0.1", () => {
 *   const { port } = server.address() as net.AddressInfo;
 *   const socket = net.connect({ port, host: "127.0.0.1", onread });
 *   socket.on("close", () => server.close());
 * });
 * ```
 */
export interface OnReadOpts {
  /** Where bytes go: one piece of memory, or a function that returns one. */
  buffer: Uint8Array | (() => Uint8Array);
  /**
   * Called for each chunk of incoming data.
   *
   * @param bytesWritten How many bytes of `buffer` were filled.
   * @param buffer The memory that was filled.
   * @returns `false` to pause the socket.
   */
  callback(bytesWritten: number, buffer: Uint8Array): boolean;
}

/** Options of `new Socket()`. */
export interface SocketConstructorOpts {
  /** Descriptor of a connected stream socket to use. */
  fd?: number | undefined;
  /** Connect from the address that this is bound to. */
  handle?: BoundSocketLike | undefined;
  /** Keep the writable side open when the peer ends. Default `false`. */
  allowHalfOpen?: boolean | undefined;
  /** Read incoming data into the caller's memory. */
  onread?: OnReadOpts | undefined;
  /** With `fd`: allow reading. Default `false`. */
  readable?: boolean | undefined;
  /** With `fd`: allow writing. Default `false`. */
  writable?: boolean | undefined;
  /** Destroys the socket when aborted. */
  signal?: AbortSignal | undefined;
  /** Bytes that each side buffers before it signals backpressure. */
  highWaterMark?: number | undefined;
  /** Turn Nagle's algorithm off once connected. Default `false`. */
  noDelay?: boolean | undefined;
  /** Turn TCP keep-alive on once connected. Default `false`. */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence before the first keep-alive probe. Default 0. */
  keepAliveInitialDelay?: number | undefined;
  /** Addresses that must not be connected to. */
  blockList?: AddressFilter | undefined;
  /** Type of service of outgoing packets, 0 to 255. */
  typeOfService?: number | undefined;
  /** Backend to use instead of the default one. */
  adapter?: RuntimeAdapter | undefined;
}

/** The arguments of `setKeepAlive` as one object. */
export interface SetKeepAliveOptions {
  /** Default `false`. */
  enable?: boolean | undefined;
  /** Milliseconds of silence before the first probe. */
  initialDelay?: number | undefined;
  /** Milliseconds between probes. */
  interval?: number | undefined;
  /** Probes before the connection counts as dead. */
  count?: number | undefined;
}

/** Where a TCP `connect` goes, and how. */
export interface TcpSocketConnectOpts {
  /** Port, 0 to 65535, as a number or a numeric string. */
  port: number;
  /** Host name or numeric address. Default `"localhost"`. */
  host?: string | undefined;
  /** Numeric address to connect from. */
  localAddress?: string | undefined;
  /** Port to connect from. */
  localPort?: number | undefined;
  /** Flags for the lookup, see `dns.lookup`. */
  hints?: number | undefined;
  /** 4 or 6 to use one family only, 0 for both. Default 0. */
  family?: number | undefined;
  /** Resolves `host`. Default `dns.lookup`. */
  lookup?: LookupFunction | undefined;
  /** Turn Nagle's algorithm off once connected. Default `false`. */
  noDelay?: boolean | undefined;
  /** Turn TCP keep-alive on once connected. Default `false`. */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence before the first keep-alive probe. Default 0. */
  keepAliveInitialDelay?: number | undefined;
  /** Try the addresses of `host` one after the other, alternating families. */
  autoSelectFamily?: boolean | undefined;
  /** Milliseconds before the next address is tried, at least 10. */
  autoSelectFamilyAttemptTimeout?: number | undefined;
  /** Addresses that must not be connected to. */
  blockList?: AddressFilter | undefined;
}

/** Where an IPC `connect` goes. */
export interface IpcSocketConnectOpts {
  /** Path of a Unix domain socket, `"\0name"`, or a named pipe. */
  path: string;
}

/** Options of `socket.connect()`. */
export type SocketConnectOpts = TcpSocketConnectOpts | IpcSocketConnectOpts;

/** Options of `net.connect()` for TCP. */
export interface TcpNetConnectOpts
  extends TcpSocketConnectOpts, SocketConstructorOpts {
  /** Milliseconds of silence after which `'timeout'` is emitted. */
  timeout?: number | undefined;
}

/** Options of `net.connect()` for IPC. */
export interface IpcNetConnectOpts
  extends IpcSocketConnectOpts, SocketConstructorOpts {
  /** Milliseconds of silence after which `'timeout'` is emitted. */
  timeout?: number | undefined;
}

/** Options of `net.connect()`. */
export type NetConnectOpts = TcpNetConnectOpts | IpcNetConnectOpts;

/** Values of `socket.readyState`. */
export type SocketReadyState =
  | "opening"
  | "open"
  | "readOnly"
  | "writeOnly"
  | "closed";

/** Events of a socket and the arguments of their listeners. */
export interface SocketEventMap {
  /** Fully closed; `true` if because of a transmission error. */
  close: [hadError: boolean];
  /** The connection is established. */
  connect: [];
  /** An attempt to connect to one address begins. */
  connectionAttempt: [ip: string, port: number, family: number];
  /** An attempt failed. */
  connectionAttemptFailed: [
    ip: string,
    port: number,
    family: number,
    error: Error,
  ];
  /** An attempt took too long. */
  connectionAttemptTimeout: [ip: string, port: number, family: number];
  /** Bytes, or text after `setEncoding`. */
  data: [data: Buffer | string];
  /** The write buffer is empty again. */
  drain: [];
  /** The peer has ended its side. */
  end: [];
  /** Something failed; `'close'` follows. */
  error: [error: Error];
  /** All writes are flushed, after `end()`. */
  finish: [];
  /** A host name was resolved, or could not be. */
  lookup: [
    err: Error | null,
    address: string,
    family: number | null,
    host: string,
  ];
  /** Paused. */
  pause: [];
  /** A stream was piped into this socket. */
  pipe: [source: NodeJS.ReadableStream];
  /** Data can be read. */
  readable: [];
  /** Ready for use, right after `'connect'`. */
  ready: [];
  /** Resumed. */
  resume: [];
  /** The socket was idle for as long as `setTimeout` said. */
  timeout: [];
  /** A stream is no longer piped into this socket. */
  unpipe: [source: NodeJS.ReadableStream];
}

/** Options of `net.createServer()`. */
export interface ServerOpts {
  /** Keep the writable side of accepted sockets open when the peer ends. Default `false`. */
  allowHalfOpen?: boolean | undefined;
  /** Accepted sockets are paused, nothing is read. Default `false`. */
  pauseOnConnect?: boolean | undefined;
  /** Turn Nagle's algorithm off on accepted sockets. Default `false`. */
  noDelay?: boolean | undefined;
  /** Turn TCP keep-alive on for accepted sockets. Default `false`. */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence before the first keep-alive probe. Default 0. */
  keepAliveInitialDelay?: number | undefined;
  /** Bytes an accepted socket buffers before it signals backpressure. */
  highWaterMark?: number | undefined;
  /** Connections from these addresses are closed at once. */
  blockList?: AddressFilter | undefined;
  /** Backend to use instead of the default one. */
  adapter?: RuntimeAdapter | undefined;
}

/** Options of `server.listen()`. */
export interface ListenOptions {
  /** Stops the server when aborted. */
  signal?: AbortSignal | undefined;
  /** Length of the accept queue. Default 511. */
  backlog?: number | undefined;
  /** In a cluster worker: do not share the port. Default `false`. */
  exclusive?: boolean | undefined;
  /** Host name or numeric address. Default: every interface. */
  host?: string | undefined;
  /** Keep IPv4 peers out of an IPv6 listener. Default `false`. */
  ipv6Only?: boolean | undefined;
  /** Let several processes bind the same port. Default `false`. */
  reusePort?: boolean | undefined;
  /** Path of a Unix domain socket; ignored if there is a `port`. */
  path?: string | undefined;
  /** Port, 0 for any free one. */
  port?: number | undefined;
  /** Make the socket file readable for every user. Default `false`. */
  readableAll?: boolean | undefined;
  /** Make the socket file writable for every user. Default `false`. */
  writableAll?: boolean | undefined;
  /** Descriptor of a socket that is bound already. */
  fd?: number | undefined;
  /** Listen where this is bound. All options but the backlog are ignored. */
  handle?: BoundSocketLike | undefined;
}

/** The argument of `'drop'` for a TCP peer; there is none on IPC. */
export interface DropArgument {
  /** Local address. */
  localAddress?: string;
  /** Local port. */
  localPort?: number;
  /** `"IPv4"` or `"IPv6"`. */
  localFamily?: string;
  /** The peer's address. */
  remoteAddress?: string;
  /** The peer's port. */
  remotePort?: number;
  /** `"IPv4"` or `"IPv6"`. */
  remoteFamily?: string;
}
