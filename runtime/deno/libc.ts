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
  F_DUPFD_CLOEXEC,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SHUT_WR,
  SO_ACCEPTCONN,
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
  fcntl(fd: number, command: number, value: number): number;
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
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
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

/** Whether one end of the socket is at an address. */
function isAt(
  end: "getsockname" | "getpeername",
  fd: number,
  address: IpSystemAddress,
): boolean {
  const found = IpSystemAddress.empty();
  const length = Uint32Array.of(found.bytes.length);
  return libc()![end](fd, found.bytes, length) === 0 &&
    found.isSameAs(address);
}

function systemAddressOf({ address, port }: Endpoint): IpSystemAddress {
  return ipAddressOf(address, port, libc()!.inet_pton)!;
}

/** The first descriptor of this process that is the right one; otherwise -1. */
function findByAddress(isRight: (fd: number) => boolean): number {
  const count = libc()!.getdtablesize();
  for (let fd = 0; fd < count; fd++) if (isRight(fd)) return fd;
  return -1;
}

/**
 * Find the descriptor of a TCP connection by its addresses: no version of Deno
 * shows that of a connection that it has opened.
 *
 * @returns -1 if the connection is gone, or is that of a path.
 */
export function findDescriptor(
  local: Endpoint | null,
  remote: Endpoint | null,
): number {
  if (local === null || remote === null) return -1;
  const ours = systemAddressOf(local);
  const theirs = systemAddressOf(remote);
  return findByAddress((fd) =>
    isAt("getsockname", fd, ours) && isAt("getpeername", fd, theirs)
  );
}

/**
 * Duplicate the descriptor that listens at an address.
 *
 * @returns -1 if there is none, or none is left for the duplicate.
 */
export function duplicateListener(local: Endpoint): number {
  const ours = systemAddressOf(local);
  const fd = findByAddress((fd) =>
    isAt("getsockname", fd, ours) &&
    readOption(fd, SOL_SOCKET, SO_ACCEPTCONN) === 1
  );
  return fd < 0 ? -1 : libc()!.fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/** Close a descriptor that was never given to Deno. */
export function closeDescriptor(fd: number): void {
  libc()!.close(fd);
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
  return readOption(fd, IPPROTO_IP, IP_TOS);
}

/** A socket option; `undefined` if reading it fails. */
function readOption(
  fd: number,
  level: number,
  name: number,
): number | undefined {
  const value = new Int32Array(1);
  const length = Uint32Array.of(value.byteLength);
  return libc()!.getsockopt(fd, level, name, value, length) === 0
    ? value[0]
    : undefined;
}
