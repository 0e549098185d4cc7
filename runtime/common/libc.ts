/**
 * The C library on Linux: which file it is, and the calls that more than one
 * backend makes. Each runtime has its own way to declare and make them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { process } from "../builtins.ts";
import type { KeepAliveProbes } from "../adapter.ts";
import {
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_TCLASS,
  SO_KEEPALIVE,
  SOL_SOCKET,
  STREAM,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
} from "./linux_sockets.ts";
import { IpSystemAddress, type SystemAddress } from "./sockaddr.ts";

/** Level and name of a socket option. */
export type SocketOption = readonly [level: number, name: number];

/** setsockopt(2). */
type SetSocketOption = (
  fd: number,
  level: number,
  name: number,
  value: Int32Array,
  length: number,
) => number;

/** The calls below, which return -1 if they fail. */
export interface SocketCalls {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt: SetSocketOption;
  bind(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  close(fd: number): number;
}

/**
 * Load the C library.
 *
 * @param open Opens a library by its file name, or throws.
 * @returns `null` on a system other than Linux, and if there is neither glibc
 * nor musl.
 */
export function loadLibc<Libc>(
  open: (library: string) => Libc,
): Libc | null {
  if (process.platform !== "linux") return null;
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  for (const library of ["libc.so.6", `libc.musl-${arch}.so.1`]) {
    try {
      return open(library);
    } catch {
      // It has the other one.
    }
  }
  return null;
}

/**
 * Make a stream socket that is bound to an address.
 *
 * @param options Socket options to turn on first.
 * @param errno Reads the number of the last error.
 * @returns A descriptor, or a negative error number.
 */
export function bindStream(
  c: SocketCalls,
  { domain, bytes }: SystemAddress,
  options: readonly SocketOption[],
  errno: () => number,
): number {
  const fd = c.socket(domain, STREAM, 0);
  if (fd < 0) return -errno();
  const on = Int32Array.of(1);
  const isBound =
    options.every(([level, name]) =>
      c.setsockopt(fd, level, name, on, 4) === 0
    ) && c.bind(fd, bytes, bytes.length) === 0;
  if (isBound) return fd;
  const error = errno();
  c.close(fd);
  return -error;
}

/**
 * Turn keep-alive of a TCP socket on or off.
 *
 * @param delay Seconds of silence before the first probe; 0 leaves it.
 * @returns Whether that succeeded.
 */
export function setKeepAliveOf(
  fd: number,
  on: boolean,
  delay: number,
  setsockopt: SetSocketOption,
): boolean {
  const set = (level: number, name: number, value: number) =>
    setsockopt(fd, level, name, Int32Array.of(value), 4) === 0;
  return set(SOL_SOCKET, SO_KEEPALIVE, Number(on)) &&
    (!on || delay === 0 || set(IPPROTO_TCP, TCP_KEEPIDLE, delay));
}

/**
 * Set the type of service of a TCP socket.
 *
 * @returns 0, or -1 if that failed.
 */
export function setTypeOfServiceOf(
  fd: number,
  tos: number,
  setsockopt: SetSocketOption,
): number {
  const value = Int32Array.of(tos);
  // Which of the two has an effect depends on the addresses of both ends.
  setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, value, 4);
  return setsockopt(fd, IPPROTO_IP, IP_TOS, value, 4);
}

/** Set the keep-alive probes of a TCP socket after the first. */
export function setKeepAliveProbesOf(
  fd: number,
  { interval, count }: KeepAliveProbes,
  setsockopt: SetSocketOption,
): void {
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, Int32Array.of(interval), 4);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, Int32Array.of(count), 4);
}

/** Text as the calls of the C library take it. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/**
 * The socket address of a TCP endpoint, without its zone.
 *
 * @returns `undefined` if the address is none.
 */
export function ipAddressOf(
  address: string,
  port: number,
  inet_pton: (domain: number, text: Uint8Array, to: Uint8Array) => number,
): IpSystemAddress | undefined {
  const made = IpSystemAddress.unspecified(address.includes(":") ? 6 : 4, port);
  const text = cString(address.split("%", 1)[0]!);
  return inet_pton(made.domain, text, made.number) === 1 ? made : undefined;
}
