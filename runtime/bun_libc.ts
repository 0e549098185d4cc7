/**
 * System calls that the Bun backend makes itself, through `bun:ffi`, where
 * Bun's own API lacks an option or loses what the system said.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import type { KeepAliveProbes } from "./adapter.ts";

/** The calls, typed as they are declared to `bun:ffi` below. */
interface Libc {
  listen(fd: number, backlog: number): number;
  close(fd: number): number;
  setsockopt(
    fd: number,
    level: number,
    option: number,
    value: Int32Array,
    length: number,
  ): number;
  socket(domain: number, type: number, protocol: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
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
  inet_pton: { args: ["int", "ptr", "ptr"], returns: "int" },
  if_nametoindex: { args: ["ptr"], returns: "u32" },
  __errno_location: { args: [], returns: "ptr" },
};

// Linux's numbers.
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const EINPROGRESS = 115;
const IPPROTO_TCP = 6;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
/** `SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC`. */
const STREAM = 1 | 0o4000 | 0o2000000;
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
export function setKeepAliveProbes(
  fd: number,
  { interval, count }: KeepAliveProbes,
): void {
  const c = libc()!;
  c.setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, Int32Array.of(interval), 4);
  c.setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, Int32Array.of(count), 4);
}

/** Close a descriptor that was never given to Bun. */
export function closeFd(fd: number): void {
  libc()?.close(fd);
}

/**
 * Connect to a path, which is decided at once.
 *
 * @returns A descriptor, or a negative error number; `undefined` if it cannot
 * be done here.
 */
export function connectPath(path: string): number | undefined {
  const name = Buffer.from(path);
  if (name.length > PATH_MAX) return undefined;
  const address = new Uint8Array(2 + PATH_MAX);
  address[0] = AF_UNIX;
  address.set(name, 2);
  // An abstract name is as long as it says; a path ends at its NUL.
  const length = path.startsWith("\0") ? 2 + name.length : address.length;
  return connectTo(AF_UNIX, address, length);
}

/**
 * Why the system refuses, at once, to connect to an address.
 *
 * @returns A negative error number; `undefined` if it does not refuse, or if
 * it cannot be asked here.
 */
export function whyNot(
  address: string,
  family: 4 | 6,
  port: number,
): number | undefined {
  const c = libc();
  if (c === null) return undefined;
  const domain = family === 4 ? AF_INET : AF_INET6;
  const socketAddress = Buffer.alloc(family === 4 ? 16 : 28);
  socketAddress[0] = domain;
  socketAddress.writeUInt16BE(port, 2);
  const [text, zone] = address.split("%");
  const bytes = socketAddress.subarray(family === 4 ? 4 : 8);
  if (c.inet_pton(domain, Buffer.from(`${text}\0`), bytes) !== 1) {
    return undefined;
  }
  if (family === 6 && zone) {
    const index = c.if_nametoindex(Buffer.from(`${zone}\0`));
    socketAddress.writeUInt32LE(index || Number(zone) || 0, 24);
  }
  const result = connectTo(domain, socketAddress, socketAddress.length);
  if (result === undefined || result < 0) return result;
  c.close(result);
  return undefined;
}

function connectTo(
  domain: number,
  address: Uint8Array,
  length: number,
): number | undefined {
  const c = libc();
  if (c === null) return undefined;
  const errno = () => -ffi.read.i32(c.__errno_location(), 0);
  const fd = c.socket(domain, STREAM, 0);
  if (fd < 0) return errno();
  if (c.connect(fd, address, length) === 0) return fd;
  const error = errno();
  if (error === -EINPROGRESS) return fd;
  c.close(fd);
  return error;
}
