/**
 * Node's `net`, the same on Deno, Bun and Node.
 *
 * @example An echo server and a client
 * ```ts ignore
 * import net from "@isonet/net";
 *
 * const server = net.createServer((socket) => socket.pipe(socket));
 * server.listen(0, () => {
 *   const { port } = server.address() as net.AddressInfo;
 *   const client = net.connect(port, () => client.end("hello"));
 *   client.on("data", (data) => console.log(String(data)));
 *   client.on("close", () => server.close());
 * });
 * ```
 *
 * @see https://nodejs.org/api/net.html
 *
 * @module
 */
import { isIP, isIPv4, isIPv6 } from "./polyfills/ip.ts";
import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
} from "./polyfills/defaults.ts";
import { normalizeArgs as _normalizeArgs } from "./polyfills/normalize_args.ts";
import {
  CallableServer,
  createServer,
  type Server as ServerClass,
  type ServerConstructor,
} from "./polyfills/server.ts";
import {
  CallableSocket,
  connect,
  type Socket as SocketClass,
  type SocketConstructor,
} from "./polyfills/socket.ts";

/** A TCP socket or a streaming IPC endpoint. */
export type Socket = SocketClass;
/** A TCP socket or a streaming IPC endpoint. */
export const Socket: SocketConstructor = CallableSocket;

/** A TCP or IPC server. */
export type Server = ServerClass;
/** A TCP or IPC server. */
export const Server: ServerConstructor = CallableServer;

/** The old name of {@linkcode Socket}. */
export type Stream = SocketClass;
/** The old name of {@linkcode Socket}. */
export const Stream: SocketConstructor = CallableSocket;

/** As {@linkcode connect}. */
export const createConnection: typeof connect = connect;

export {
  _normalizeArgs,
  connect,
  createServer,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
export type {
  AddressInfo,
  DropArgument,
  IpcNetConnectOpts,
  IpcSocketConnectOpts,
  IPVersion,
  ListenOptions,
  LookupFunction,
  NetConnectOpts,
  OnReadOpts,
  ServerOpts,
  SocketConnectOpts,
  SocketConstructorOpts,
  SocketEventMap,
  SocketReadyState,
  TcpNetConnectOpts,
  TcpSocketConnectOpts,
} from "./polyfills/options.ts";

const net = {
  Server,
  Socket,
  Stream,
  _normalizeArgs,
  connect,
  createConnection,
  createServer,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
export default net;
