/**
 * System calls that the Bun backend makes itself, through `bun:ffi`, where
 * Bun's own API lacks an option or loses what the system said.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import type { Endpoint, KeepAliveProbes } from "../adapter.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  EINPROGRESS,
  EINVAL,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  setKeepAliveProbesOf,
  type SetSocketOption,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  STREAM,
} from "../common/linux_sockets.ts";

/** The calls, typed as they are declared to `bun:ffi` below. */
interface Libc {
  listen(fd: number, backlog: number): number;
  close(fd: number): number;
  setsockopt: SetSocketOption;
  socket(domain: number, type: number, protocol: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number;
  inet_ntop(
    family: number,
    address: Uint8Array,
    text: Uint8Array,
    size: number,
  ): number;
  inet_pton(family: number, text: Uint8Array, address: Uint8Array): number;
  if_nametoindex(name: Uint8Array): number;
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
  __errno_location: { args: [], returns: "ptr" },
};

/** Length of `sun_path`. */
const PATH_MAX = 108;

let ffi: Ffi;
let loaded: Libc | null | undefined;

/** The C library, or `null` where it is not known how to call it. */
function libc(): Libc | null {
  if (loaded !== undefined) return loaded;
  loaded = null;
  if (process.platform !== "linux") return null;
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  for (const library of ["libc.so.6", `libc.musl-${arch}.so.1`]) {
    try {
      ffi = process.getBuiltinModule("bun:ffi") as unknown as Ffi;
      return loaded = ffi.dlopen(library, SYMBOLS).symbols;
    } catch {
      // Not this one.
    }
  }
  return null;
}

/** Whether the functions of this module work here. */
export function hasLibc(): boolean {
  return libc() !== null;
}

/**
 * Give a listening socket another length of its accept queue: `listen(2)` may
 * be called again for that.
 *
 * @returns `false` if it cannot be done here.
 */
export function setBacklog(fd: number, backlog: number): boolean {
  return libc()?.listen(fd, backlog) === 0;
}

/** Set how the keep-alive of a TCP socket goes on after its first probe. */
export function setKeepAliveProbes(fd: number, probes: KeepAliveProbes): void {
  setKeepAliveProbesOf(fd, probes, libc()!.setsockopt);
}

/** Close a descriptor that was never given to Bun. */
export function closeFd(fd: number): void {
  libc()?.close(fd);
}

/** A socket address as the system takes it. */
interface SystemAddress {
  readonly domain: number;
  readonly bytes: Buffer;
}

/** `undefined` if the path is too long. */
function pathAddress(path: string): SystemAddress | undefined {
  const name = Buffer.from(path);
  if (name.length > PATH_MAX) return undefined;
  const bytes = Buffer.alloc(2 + PATH_MAX);
  bytes[0] = AF_UNIX;
  bytes.set(name, 2);
  // An abstract name is as long as it says; a path ends at its NUL.
  const length = path.startsWith("\0") ? 2 + name.length : bytes.length;
  return { domain: AF_UNIX, bytes: bytes.subarray(0, length) };
}

/** `undefined` if the address is none. */
function tcpAddress(address: string, port: number): SystemAddress | undefined {
  const c = libc()!;
  const isIPv4 = !address.includes(":");
  const domain = isIPv4 ? AF_INET : AF_INET6;
  const bytes = Buffer.alloc(isIPv4 ? 16 : 28);
  bytes[0] = domain;
  bytes.writeUInt16BE(port, 2);
  const [text, zone] = address.split("%");
  const number = bytes.subarray(isIPv4 ? 4 : 8);
  if (c.inet_pton(domain, Buffer.from(`${text}\0`), number) !== 1) {
    return undefined;
  }
  if (!isIPv4 && zone) {
    const index = c.if_nametoindex(Buffer.from(`${zone}\0`));
    bytes.writeUInt32LE(index || Number(zone) || 0, 24);
  }
  return { domain, bytes };
}

/** The last error, negative. */
function errno(c: Libc): number {
  return -ffi.read.i32(c.__errno_location(), 0);
}

/**
 * Connect to a path, which is decided at once.
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
 * Why the system refuses, at once, to connect to an address.
 *
 * @returns A negative error number; `undefined` if it does not refuse, or if
 * it cannot be asked here.
 */
export function whyNot(address: string, port: number): number | undefined {
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
  if (fd < 0) return errno(c);
  if (c.connect(fd, bytes, bytes.length) === 0) return fd;
  const error = errno(c);
  if (error === -EINPROGRESS) return fd;
  c.close(fd);
  return error;
}

/** How a TCP address is bound. */
interface BindOptions {
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
  const options: [level: number, option: number][] = [
    [SOL_SOCKET, SO_REUSEADDR],
  ];
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
  options: readonly [level: number, option: number][],
): number {
  if (!address) return -EINVAL;
  const c = libc()!;
  const fd = c.socket(address.domain, STREAM, 0);
  if (fd < 0) return errno(c);
  const on = Int32Array.of(1);
  const done =
    options.every(([level, option]) =>
      c.setsockopt(fd, level, option, on, 4) === 0
    ) && c.bind(fd, address.bytes, address.bytes.length) === 0;
  if (done) return fd;
  const error = errno(c);
  c.close(fd);
  return error;
}

/** The address a TCP socket is bound to. */
export function boundEndpoint(fd: number): Endpoint {
  const c = libc()!;
  const bytes = Buffer.alloc(28);
  c.getsockname(fd, bytes, Uint32Array.of(bytes.length));
  const isIPv4 = bytes[0] === AF_INET;
  const text = Buffer.alloc(46);
  const number = bytes.subarray(isIPv4 ? 4 : 8);
  c.inet_ntop(bytes[0]!, number, text, text.length);
  return {
    address: text.toString("latin1", 0, text.indexOf(0)),
    family: isIPv4 ? "IPv4" : "IPv6",
    port: bytes.readUInt16BE(2),
  };
}
