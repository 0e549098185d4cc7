/**
 * System calls that the Bun backend makes itself, through `bun:ffi`, because
 * Bun's own API lacks an option or does not pass on the system's error.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { process } from "../builtins.ts";
import type { Endpoint, KeepAliveProbes } from "../adapter.ts";
import {
  bindStream,
  cString,
  ipAddressOf,
  loadLibc,
  setKeepAliveOf,
  setKeepAliveProbesOf,
  setTypeOfServiceOf,
  type SocketCalls,
  type SocketOption,
} from "../common/libc.ts";
import {
  AF_INET,
  EINPROGRESS,
  EINVAL,
  F_DUPFD_CLOEXEC,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_BUF_LOCK,
  SO_ERROR,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  STREAM,
} from "../common/linux_sockets.ts";
import { codeOf } from "../errors.ts";
import {
  IpSystemAddress,
  pathAddress,
  type SystemAddress,
} from "../common/sockaddr.ts";

/** The calls, typed as they are declared to `bun:ffi` below. */
interface Libc extends SocketCalls {
  connect(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number;
  inet_ntop(
    family: number,
    address: Uint8Array,
    text: Uint8Array,
    size: number,
  ): number;
  inet_pton(family: number, text: Uint8Array, address: Uint8Array): number;
  if_nametoindex(name: Uint8Array): number;
  getsockopt(
    fd: number,
    level: number,
    name: number,
    value: Int32Array,
    length: Uint32Array,
  ): number;
  read(fd: number, into: Uint8Array, size: number): number | bigint;
  fcntl(fd: number, command: number, argument: number): number;
  __errno_location(): number;
}

interface Ffi {
  dlopen(library: string, symbols: object): { symbols: Libc };
  read: { i32(pointer: number, offset: number): number };
}

const SYMBOLS = {
  listen: { args: ["int", "int"], returns: "int" },
  close: { args: ["int"], returns: "int" },
  setsockopt: { args: ["int", "int", "int", "ptr", "u32"], returns: "int" },
  socket: { args: ["int", "int", "int"], returns: "int" },
  connect: { args: ["int", "ptr", "u32"], returns: "int" },
  bind: { args: ["int", "ptr", "u32"], returns: "int" },
  getsockname: { args: ["int", "ptr", "ptr"], returns: "int" },
  inet_ntop: { args: ["int", "ptr", "ptr", "u32"], returns: "ptr" },
  inet_pton: { args: ["int", "ptr", "ptr"], returns: "int" },
  if_nametoindex: { args: ["ptr"], returns: "u32" },
  getsockopt: { args: ["int", "int", "int", "ptr", "ptr"], returns: "int" },
  read: { args: ["int", "ptr", "u64"], returns: "i64" },
  fcntl: { args: ["int", "int", "int"], returns: "int" },
  __errno_location: { args: [], returns: "ptr" },
};

/** Bytes that are read at a time. */
const CHUNK_SIZE = 65_536;

/** Bytes of the longest address as text, its NUL included. */
const INET6_ADDRSTRLEN = 46;

let ffi: Ffi;
let loaded: Libc | null | undefined;

/** The C library; `null` if it cannot be called here. */
function libc(): Libc | null {
  if (loaded !== undefined) return loaded;
  return loaded = loadLibc((library) => {
    ffi = process.getBuiltinModule("bun:ffi") as unknown as Ffi;
    // Before 1.4, Bun looks for what is inherited as well.
    return ffi.dlopen(library, { __proto__: null, ...SYMBOLS }).symbols;
  });
}

/** Whether the functions of this module work here. */
export function hasLibc(): boolean {
  return libc() !== null;
}

/**
 * Change the length of the accept queue of a listening socket, by another call
 * of `listen(2)`.
 *
 * @returns `false` if it cannot be done here.
 */
export function setBacklog(fd: number, backlog: number): boolean {
  return libc()?.listen(fd, backlog) === 0;
}

/**
 * Turn keep-alive on or off.
 *
 * @param delay Seconds of silence before the first probe; 0 leaves it.
 * @returns Whether that succeeded.
 */
export function setKeepAlive(fd: number, on: boolean, delay: number): boolean {
  return setKeepAliveOf(fd, on, delay, libc()!.setsockopt);
}

/** Set the keep-alive probes of a TCP socket after the first. */
export function setKeepAliveProbes(fd: number, probes: KeepAliveProbes): void {
  setKeepAliveProbesOf(fd, probes, libc()!.setsockopt);
}

/**
 * Set the type of service of a TCP socket.
 *
 * @returns 0, or a negative error number.
 */
export function setTypeOfService(fd: number, tos: number): number {
  return setTypeOfServiceOf(fd, tos, libc()!.setsockopt) === 0 ? 0 : -errno();
}

/** The type of service of a TCP socket, or a negative error number. */
export function getTypeOfService(fd: number): number {
  return getOption(fd, IPPROTO_IP, IP_TOS);
}

/**
 * Bound what the system takes for a socket before it is read.
 *
 * @param bytes 0: what the system finds best, as at first.
 */
export function setReceiveBuffer(fd: number, bytes: number): void {
  const { setsockopt } = libc()!;
  // Any size stops the system from changing it.
  const [name, value] = bytes === 0 ? [SO_BUF_LOCK, 0] : [SO_RCVBUF, bytes];
  setsockopt(fd, SOL_SOCKET, name, Int32Array.of(value), 4);
}

/**
 * Take the error that a socket has failed with, which it then has no more.
 *
 * @returns A positive error number, or 0 if there is none.
 */
export function takeError(fd: number): number {
  return Math.max(0, getOption(fd, SOL_SOCKET, SO_ERROR));
}

/** A socket option, or a negative error number. */
function getOption(fd: number, ...option: SocketOption): number {
  const value = new Int32Array(1);
  const result = libc()!.getsockopt(fd, ...option, value, Uint32Array.of(4));
  return result === 0 ? value[0]! : -errno();
}

/** What is read into, before it is copied. */
let scratch: Uint8Array | undefined;

/** Read what the system holds for a socket that does not block. */
export function readToEnd(fd: number): Uint8Array[] {
  const c = libc()!;
  const chunks: Uint8Array[] = [];
  scratch ??= new Uint8Array(CHUNK_SIZE);
  for (;;) {
    const count = Number(c.read(fd, scratch, CHUNK_SIZE));
    if (count <= 0) return chunks;
    chunks.push(scratch.slice(0, count));
  }
}

/**
 * Duplicate a descriptor, for this process alone.
 *
 * @returns -1 if it cannot be done here.
 */
export function duplicate(fd: number): number {
  return libc()?.fcntl(fd, F_DUPFD_CLOEXEC, 0) ?? -1;
}

/** Close a descriptor that was never given to Bun. */
export function closeFd(fd: number): void {
  libc()?.close(fd);
}

/**
 * Why the system makes no further socket.
 *
 * @returns A code; `undefined` if it makes one, or if it cannot be asked here.
 */
export function socketError(): string | undefined {
  const c = libc();
  if (c === null) return undefined;
  const fd = c.socket(AF_INET, STREAM, 0);
  if (fd < 0) return codeOf(errno());
  c.close(fd);
  return undefined;
}

/** The socket address of a TCP endpoint; `undefined` if there is none. */
function tcpAddress(address: string, port: number): SystemAddress | undefined {
  const c = libc()!;
  const made = ipAddressOf(address, port, c.inet_pton);
  const zone = address.split("%", 2)[1];
  if (made?.family === "IPv6" && zone) {
    made.setZone(c.if_nametoindex(cString(zone)) || Number(zone) || 0);
  }
  return made;
}

/** The number of the last error. */
function errno(): number {
  return ffi.read.i32(libc()!.__errno_location(), 0);
}

/**
 * Connect to a path. Whether that succeeds is known at once.
 *
 * @param fd A socket that is bound already; closed if it does not connect.
 * @returns A descriptor, or a negative error number; `undefined` if it cannot
 * be done here.
 */
export function connectPath(path: string, fd?: number): number | undefined {
  const address = pathAddress(path);
  return address && connectTo(address, fd);
}

/**
 * Connect a socket that is bound to an address.
 *
 * @returns The descriptor, which connects or has connected, or a negative error
 * number; then it is closed.
 */
export function connectTcp(address: string, port: number, fd: number): number {
  const to = tcpAddress(address, port);
  if (to) return connectTo(to, fd) ?? -EINVAL;
  closeFd(fd);
  return -EINVAL;
}

/**
 * Find out with which error the system refuses to connect to an address.
 *
 * @returns A negative error number; `undefined` if the system does not refuse at
 * once, or if it cannot be asked here.
 */
export function connectErrno(
  address: string,
  port: number,
): number | undefined {
  const c = libc();
  if (c === null) return undefined;
  const to = tcpAddress(address, port);
  const result = to && connectTo(to);
  if (result === undefined || result < 0) return result;
  c.close(result);
  return undefined;
}

function connectTo(
  { domain, bytes }: SystemAddress,
  bound?: number,
): number | undefined {
  const c = libc();
  if (c === null) return undefined;
  const fd = bound ?? c.socket(domain, STREAM, 0);
  if (fd < 0) return -errno();
  if (c.connect(fd, bytes, bytes.length) === 0) return fd;
  const error = errno();
  if (error === EINPROGRESS) return fd;
  c.close(fd);
  return -error;
}

/** How a TCP address is bound. */
export interface BindOptions {
  readonly ipv6Only: boolean;
  readonly reusePort: boolean;
}

/**
 * A socket that is bound to an address.
 *
 * @returns A descriptor, or a negative error number.
 */
export function bindTcp(
  address: string,
  port: number,
  { ipv6Only, reusePort }: BindOptions,
): number {
  const options: SocketOption[] = [[SOL_SOCKET, SO_REUSEADDR]];
  if (reusePort) options.push([SOL_SOCKET, SO_REUSEPORT]);
  if (ipv6Only) options.push([IPPROTO_IPV6, IPV6_V6ONLY]);
  return bindTo(tcpAddress(address, port), options);
}

/** As {@linkcode bindTcp}, to a path. */
export function bindPath(path: string): number {
  return bindTo(pathAddress(path), []);
}

function bindTo(
  address: SystemAddress | undefined,
  options: readonly SocketOption[],
): number {
  return address ? bindStream(libc()!, address, options, errno) : -EINVAL;
}

/** The address that a TCP socket is bound to. */
export function boundEndpoint(fd: number): Endpoint {
  const c = libc()!;
  const address = IpSystemAddress.empty();
  const { bytes } = address;
  c.getsockname(fd, bytes, Uint32Array.of(bytes.length));
  const { domain, number, family, port } = address;
  const text = Buffer.alloc(INET6_ADDRSTRLEN);
  c.inet_ntop(domain, number, text, text.length);
  return {
    address: text.toString("latin1", 0, text.indexOf(0)),
    family,
    port,
  };
}
