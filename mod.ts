/**
 * Node's `net`, the same on Deno, Bun and Node.
 *
 * @example An echo server and a client
 * ```ts
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
import { BlockList } from "./polyfills/block_list/block_list.ts";
import { BoundSocket } from "./polyfills/bound_socket.ts";
import { SocketAddress } from "./polyfills/address/socket_address.ts";
import { createServerHandle } from "./runtime/node/handle.ts";
import { isIP, isIPv4, isIPv6 } from "./polyfills/address/ip.ts";
import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
} from "./polyfills/connect/family_defaults.ts";
import type * as Options from "./polyfills/options.ts";
import { normalizeArgs as _normalizeArgs } from "./polyfills/node/argument_forms.ts";
import * as promises from "./polyfills/promises.ts";
import {
  CallableServer,
  createServer,
  type Server as ServerClass,
  type ServerConstructor,
  type ServerEventMap,
} from "./polyfills/server/server.ts";
import { connect } from "./polyfills/socket/connect.ts";
import {
  CallableSocket,
  type Socket as SocketClass,
  type SocketConstructor,
} from "./polyfills/socket/socket.ts";

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

/** A bound handle that `server.listen` takes, of the runtime's `node:net`. */
export const _createServerHandle: typeof createServerHandle =
  createServerHandle;

export {
  _normalizeArgs,
  BlockList,
  BoundSocket,
  connect,
  createServer,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  promises,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
  SocketAddress,
};
export type {
  BoundSocketLike,
  BoundSocketOptions,
} from "./polyfills/bound_socket.ts";
export type * from "./runtime/adapter.ts";
export type { ServerEventMap };
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
  SetKeepAliveOptions,
  SocketConnectOpts,
  SocketConstructorOpts,
  SocketEventMap,
  SocketReadyState,
  TcpNetConnectOpts,
  TcpSocketConnectOpts,
} from "./polyfills/options.ts";

/** Every value of this module as one object: the default export. */
export interface Net {
  /** See {@linkcode Server}. */
  Server: ServerConstructor;
  /** See {@linkcode Socket}. */
  Socket: SocketConstructor;
  /** See {@linkcode Socket}. */
  Stream: SocketConstructor;
  /** See {@linkcode BlockList}. */
  BlockList: typeof BlockList;
  /** See {@linkcode BoundSocket}. */
  BoundSocket: typeof BoundSocket;
  /** See {@linkcode SocketAddress}. */
  SocketAddress: typeof SocketAddress;
  /** See {@linkcode _createServerHandle}. */
  _createServerHandle: typeof _createServerHandle;
  /** See {@linkcode _normalizeArgs}. */
  _normalizeArgs: typeof _normalizeArgs;
  /** See {@linkcode connect}. */
  connect: typeof connect;
  /** See {@linkcode connect}. */
  createConnection: typeof connect;
  /** See {@linkcode createServer}. */
  createServer: typeof createServer;
  /** See {@linkcode getDefaultAutoSelectFamily}. */
  getDefaultAutoSelectFamily: typeof getDefaultAutoSelectFamily;
  /** See {@linkcode getDefaultAutoSelectFamilyAttemptTimeout}. */
  getDefaultAutoSelectFamilyAttemptTimeout:
    typeof getDefaultAutoSelectFamilyAttemptTimeout;
  /** See {@linkcode isIP}. */
  isIP: typeof isIP;
  /** See {@linkcode isIPv4}. */
  isIPv4: typeof isIPv4;
  /** See {@linkcode isIPv6}. */
  isIPv6: typeof isIPv6;
  /** `net/promises`: `connect` and `listen`, to be awaited. */
  promises: typeof promises;
  /** See {@linkcode setDefaultAutoSelectFamily}. */
  setDefaultAutoSelectFamily: typeof setDefaultAutoSelectFamily;
  /** See {@linkcode setDefaultAutoSelectFamilyAttemptTimeout}. */
  setDefaultAutoSelectFamilyAttemptTimeout:
    typeof setDefaultAutoSelectFamilyAttemptTimeout;
}

const net: Net = {
  Server,
  Socket,
  Stream,
  BlockList,
  BoundSocket,
  SocketAddress,
  _createServerHandle,
  _normalizeArgs,
  connect,
  createConnection,
  createServer,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  promises,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};

/** The types of this module under the default export: `net.Socket`, ... */
declare namespace net {
  export type Socket = SocketClass;
  export type Server = ServerClass;
  export type Stream = SocketClass;
  export type AddressInfo = Options.AddressInfo;
  export type DropArgument = Options.DropArgument;
  export type IpcNetConnectOpts = Options.IpcNetConnectOpts;
  export type IpcSocketConnectOpts = Options.IpcSocketConnectOpts;
  export type IPVersion = Options.IPVersion;
  export type ListenOptions = Options.ListenOptions;
  export type LookupFunction = Options.LookupFunction;
  export type NetConnectOpts = Options.NetConnectOpts;
  export type OnReadOpts = Options.OnReadOpts;
  export type SetKeepAliveOptions = Options.SetKeepAliveOptions;
  export type ServerOpts = Options.ServerOpts;
  export type SocketConnectOpts = Options.SocketConnectOpts;
  export type SocketConstructorOpts = Options.SocketConstructorOpts;
  export type SocketEventMap = Options.SocketEventMap;
  export type SocketReadyState = Options.SocketReadyState;
  export type TcpNetConnectOpts = Options.TcpNetConnectOpts;
  export type TcpSocketConnectOpts = Options.TcpSocketConnectOpts;
}
export default net;
