/**
 * Linux's numbers for sockets, and what both libc modules do with them.
 *
 * @module
 */
import type { KeepAliveProbes } from "../adapter.ts";

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** `SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC`. */
export const STREAM: number = 1 | 0o4000 | 0o2000000;

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_REUSEPORT = 15;
export const IPPROTO_IP = 0;
export const IP_TOS = 1;
export const IPPROTO_TCP = 6;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const IPV6_TCLASS = 67;

export const EACCES = 13;
export const EINVAL = 22;
export const EINPROGRESS = 115;

/** setsockopt(2). */
export type SetSocketOption = (
  fd: number,
  level: number,
  option: number,
  value: Int32Array,
  length: number,
) => number;

/** Set how the keep-alive of a TCP socket goes on after its first probe. */
export function setKeepAliveProbesOf(
  fd: number,
  { interval, count }: KeepAliveProbes,
  setsockopt: SetSocketOption,
): void {
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, Int32Array.of(interval), 4);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, Int32Array.of(count), 4);
}
