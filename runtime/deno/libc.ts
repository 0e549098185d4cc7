/**
 * What Deno's API lacks for sockets, done through the C library: on Linux, if
 * the program has the permission `--allow-ffi`. It is never asked for.
 *
 * @module
 */
import { process } from "../builtins.ts";
import type { Endpoint, KeepAliveProbes } from "../adapter.ts";
import { denoNamespace } from "./api.ts";
import {
  bindStream,
  ipAddressOf,
  loadLibc,
  setKeepAliveOf,
  setKeepAliveProbesOf,
  setTypeOfServiceOf,
  type SocketCalls,
} from "../common/libc.ts";
import {
  AF_UNSPEC,
  EACCES,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SHUT_WR,
  SO_REUSEADDR,
  SOL_SOCKET,
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
  connect(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number;
  getpeername(fd: number, address: Uint8Array, length: Uint32Array): number;
  inet_pton(family: number, text: Uint8Array, address: Uint8Array): number;
  getdtablesize(): number;
  shutdown(fd: number, how: number): number;
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
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  inet_pton: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getdtablesize: { parameters: [], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
};

let loaded: Libc | null | undefined;

function load(): Libc | null {
  // Tests ask for what the backend can do on other runtimes, too.
  if (process.versions.deno === undefined) return null;
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

/**
 * Find the descriptor of a TCP connection by its addresses: no version of Deno
 * shows that of a connection that it has opened.
 *
 * @returns -1 if the connection is gone.
 */
export function findDescriptor(local: Endpoint, remote: Endpoint): number {
  const c = libc()!;
  const ours = ipAddressOf(local.address, local.port, c.inet_pton)!;
  const theirs = ipAddressOf(remote.address, remote.port, c.inet_pton)!;
  const found = IpSystemAddress.empty();
  const length = new Uint32Array(1);
  const isAt = (
    call: "getsockname" | "getpeername",
    fd: number,
    end: IpSystemAddress,
  ) => {
    length[0] = found.bytes.length;
    return c[call](fd, found.bytes, length) === 0 && found.isSameAs(end);
  };
  const count = c.getdtablesize();
  for (let fd = 0; fd < count; fd++) {
    if (isAt("getsockname", fd, ours) && isAt("getpeername", fd, theirs)) {
      return fd;
    }
  }
  return -1;
}

/** Send a RST: so Linux takes a TCP connection back to where it began. */
export function disconnect(fd: number): void {
  const nowhere = new Uint8Array(16);
  nowhere[0] = AF_UNSPEC;
  libc()!.connect(fd, nowhere, nowhere.length);
}

/** Send a FIN after what the system has taken; a write that waits fails. */
export function shutdownWrites(fd: number): void {
  libc()!.shutdown(fd, SHUT_WR);
}

/** Turn keep-alive on, with the delay in seconds. */
export function setKeepAliveDelay(fd: number, delay: number): void {
  setKeepAliveOf(fd, true, delay, libc()!.setsockopt);
}

/** Set the keep-alive probes of a connection after the first. */
export function setKeepAliveProbes(fd: number, probes: KeepAliveProbes): void {
  setKeepAliveProbesOf(fd, probes, libc()!.setsockopt);
}

/** Set the type of service of a connection, 0 to 255. */
export function setTypeOfService(fd: number, tos: number): void {
  setTypeOfServiceOf(fd, tos, libc()!.setsockopt);
}

/** The type of service of a connection; `undefined` if reading it fails. */
export function getTypeOfService(fd: number): number | undefined {
  const value = new Int32Array(1);
  const length = Uint32Array.of(4);
  return libc()!.getsockopt(fd, IPPROTO_IP, IP_TOS, value, length) === 0
    ? value[0]
    : undefined;
}
