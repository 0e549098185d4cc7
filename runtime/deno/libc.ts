/**
 * Socket options that Deno's API lacks, set through the C library: on Linux, if
 * the program has the permission `--allow-ffi`. It is never asked for.
 *
 * @module
 */
import type { KeepAliveProbes } from "../adapter.ts";
import { denoNamespace } from "./api.ts";
import type { DenoInternals, TcpHandle } from "./internals.ts";
import {
  bindStream,
  loadLibc,
  setKeepAliveProbesOf,
  type SocketCalls,
} from "../common/libc.ts";
import {
  EACCES,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_TCLASS,
  IPV6_V6ONLY,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  SOL_SOCKET,
  TCP_KEEPIDLE,
} from "../common/linux_sockets.ts";
import { IpSystemAddress } from "../common/sockaddr.ts";

/** The calls, typed as they are declared to Deno below. */
interface Libc extends SocketCalls {
  getsockopt(
    fd: number,
    level: number,
    option: number,
    value: Int32Array,
    length: Uint32Array,
  ): number;
  __errno_location(): unknown;
}

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
};

let loaded: Libc | null | undefined;

function load(): Libc | null {
  const { permissions, dlopen } = denoNamespace();
  if (permissions.querySync({ name: "ffi" }).state !== "granted") return null;
  return loadLibc((library) => dlopen(library, SYMBOLS).symbols as Libc);
}

function libc(): Libc | null {
  return loaded === undefined ? loaded = load() : loaded;
}

/** Whether the functions of this module work here. */
export function hasLibc(): boolean {
  return libc() !== null;
}

/**
 * Listen on every IPv6 address, and on no IPv4 one.
 *
 * @returns The descriptor, or a negative error number.
 */
export function listenIPv6Only(port: number, backlog: number): number {
  const c = libc()!;
  const { permissions, UnsafePointerView } = denoNamespace();
  const net = permissions.querySync({ name: "net", host: `[::]:${port}` });
  if (net.state !== "granted") return -EACCES;
  const errno = () => new UnsafePointerView(c.__errno_location()).getInt32();
  const fd = bindStream(c, IpSystemAddress.unspecified(6, port), [
    [SOL_SOCKET, SO_REUSEADDR],
    [IPPROTO_IPV6, IPV6_V6ONLY],
  ], errno);
  if (fd < 0 || c.listen(fd, backlog) === 0) return fd;
  const error = errno();
  c.close(fd);
  return -error;
}

/** Whether the options of a connection can be set here. */
export function hasSocketOptions({ core, Handle }: DenoInternals): boolean {
  return core !== null && Handle?.prototype.fdForIpc !== undefined &&
    hasLibc();
}

/** Call `use` with a descriptor of the connection, and close it afterwards. */
function withDescriptor<T>(
  handle: TcpHandle,
  use: (fd: number, c: Libc) => T,
): T {
  const c = libc()!;
  const fd = handle.fdForIpc!();
  const result = use(fd, c);
  c.close(fd);
  return result;
}

/** Turn keep-alive on, with the delay in seconds. */
export function setKeepAliveDelay(handle: TcpHandle, delay: number): void {
  withDescriptor(handle, (fd, { setsockopt }) => {
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, Int32Array.of(1), 4);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, Int32Array.of(delay), 4);
  });
}

/** Set the keep-alive probes of a connection after the first. */
export function setKeepAliveProbes(
  handle: TcpHandle,
  probes: KeepAliveProbes,
): void {
  withDescriptor(
    handle,
    (fd, { setsockopt }) => setKeepAliveProbesOf(fd, probes, setsockopt),
  );
}

/** Set the type of service of a connection, 0 to 255. */
export function setTypeOfService(handle: TcpHandle, tos: number): void {
  const value = Int32Array.of(tos);
  withDescriptor(handle, (fd, c) => {
    // Which of the two has an effect depends on the addresses of both ends.
    c.setsockopt(fd, IPPROTO_IP, IP_TOS, value, 4);
    c.setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, value, 4);
  });
}

/** The type of service of a connection; `undefined` if reading it fails. */
export function getTypeOfService(handle: TcpHandle): number | undefined {
  const value = new Int32Array(1);
  const length = Uint32Array.of(4);
  return withDescriptor(
      handle,
      (fd, c) => c.getsockopt(fd, IPPROTO_IP, IP_TOS, value, length),
    ) === 0
    ? value[0]
    : undefined;
}
