/**
 * Node's `net` with the same behaviour on Deno, Bun and Node.
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
import {
  BlockList,
  type BlockList as BlockListClass,
} from "./polyfills/block_list/block_list.ts";
import {
  BoundSocket,
  type BoundSocket as BoundSocketClass,
  type BoundSocketOptions as BoundSocketOpts,
} from "./polyfills/bound_socket.ts";
import {
  SocketAddress,
  type SocketAddress as SocketAddressClass,
  type SocketAddressInitOptions as SocketAddressOpts,
} from "./polyfills/address/socket_address.ts";
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
  createServer,
  Server,
  type Server as ServerClass,
  type ServerCall,
  type ServerEventMap as ServerEvents,
} from "./polyfills/server/server.ts";
import {
  createServerHandle as _createServerHandle,
  setSimultaneousAccepts,
} from "./polyfills/server/server_handle.ts";
import { connect } from "./polyfills/socket/connect.ts";
import {
  Socket,
  type Socket as SocketClass,
  type SocketCall,
} from "./polyfills/socket/socket.ts";

/** The old name of {@linkcode Socket}. */
export type Stream = Socket;
/** The old name of {@linkcode Socket}. */
export const Stream: Net["Stream"] = Socket as Net["Stream"];

/** Another name of {@linkcode connect}. */
export const createConnection: typeof connect = connect;

export {
  _createServerHandle,
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
  Server,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
  Socket,
  SocketAddress,
};
export type {
  SocketAddressInitOptions,
  SocketAddressLike,
} from "./polyfills/address/socket_address.ts";
export type { BoundSocketOptions } from "./polyfills/bound_socket.ts";
export type { NormalizedArgs } from "./polyfills/node/argument_forms.ts";
export type * from "./polyfills/adapter.ts";
export type {
  AnyListener,
  StaticsOf,
  TypedEvents,
  TypedListener,
} from "./polyfills/node/typed_events.ts";
export type {
  ConnectionListener,
  EmitterBase,
  ServerCall,
  ServerEventMap,
} from "./polyfills/server/server.ts";
export type { SocketList } from "./polyfills/server/worker_connections.ts";
export type { WriteCallback } from "./polyfills/socket/connection_end.ts";
export type {
  AcceptedOptions,
  SocketCall,
  StreamBase,
} from "./polyfills/socket/socket.ts";
export type { SocketServer } from "./polyfills/socket/socket_server.ts";
export type {
  SocketStream,
  SocketStreamClass,
} from "./polyfills/socket/socket_stream.ts";
export type { BufferedWrite } from "./polyfills/socket/write_data.ts";
export type {
  AddressFilter,
  AddressInfo,
  BoundSocketLike,
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
  /** See {@linkcode Server}; also callable without `new`. */
  Server: typeof Server & ServerCall;
  /** See {@linkcode Socket}; also callable without `new`. */
  Socket: typeof Socket & SocketCall<Server>;
  /** See {@linkcode Socket}. */
  Stream: typeof Socket & SocketCall<Server>;
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
  /**
   * Does nothing but print a warning, and is there where the runtime's own `net`
   * has it.
   *
   * @deprecated Node's
   *   [DEP0121](https://nodejs.org/api/deprecations.html#DEP0121).
   */
  _setSimultaneousAccepts?: () => void;
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
  /** `net/promises`: `connect` and `listen` that return promises. */
  promises: typeof promises;
  /** See {@linkcode setDefaultAutoSelectFamily}. */
  setDefaultAutoSelectFamily: typeof setDefaultAutoSelectFamily;
  /** See {@linkcode setDefaultAutoSelectFamilyAttemptTimeout}. */
  setDefaultAutoSelectFamilyAttemptTimeout:
    typeof setDefaultAutoSelectFamilyAttemptTimeout;
}

/** The same as the named exports, in one object. */
const net: Net = {
  Server: Server as Net["Server"],
  Socket: Socket as Net["Socket"],
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
if (setSimultaneousAccepts) {
  net._setSimultaneousAccepts = setSimultaneousAccepts;
}

/** The types of this module as members of the default export: `net.Socket`. */
declare namespace net {
  /** See {@linkcode BlockList}. */
  export type BlockList = BlockListClass;
  /** See {@linkcode BoundSocket}. */
  export type BoundSocket = BoundSocketClass;
  /** See {@linkcode BoundSocketOptions}. */
  export type BoundSocketOptions = BoundSocketOpts;
  /** See {@linkcode Server}. */
  export type Server = ServerClass;
  /** See {@linkcode ServerEventMap}. */
  export type ServerEventMap = ServerEvents;
  /** See {@linkcode Socket}. */
  export type Socket = SocketClass;
  /** See {@linkcode SocketAddress}. */
  export type SocketAddress = SocketAddressClass;
  /** See {@linkcode SocketAddressInitOptions}. */
  export type SocketAddressInitOptions = SocketAddressOpts;
  /** See {@linkcode Stream}. */
  export type Stream = SocketClass;
  /** See {@linkcode AddressFilter}. */
  export type AddressFilter = Options.AddressFilter;
  /** See {@linkcode AddressInfo}. */
  export type AddressInfo = Options.AddressInfo;
  /** See {@linkcode BoundSocketLike}. */
  export type BoundSocketLike = Options.BoundSocketLike;
  /** See {@linkcode DropArgument}. */
  export type DropArgument = Options.DropArgument;
  /** See {@linkcode IpcNetConnectOpts}. */
  export type IpcNetConnectOpts = Options.IpcNetConnectOpts;
  /** See {@linkcode IpcSocketConnectOpts}. */
  export type IpcSocketConnectOpts = Options.IpcSocketConnectOpts;
  /** See {@linkcode IPVersion}. */
  export type IPVersion = Options.IPVersion;
  /** See {@linkcode ListenOptions}. */
  export type ListenOptions = Options.ListenOptions;
  /** See {@linkcode LookupFunction}. */
  export type LookupFunction = Options.LookupFunction;
  /** See {@linkcode NetConnectOpts}. */
  export type NetConnectOpts = Options.NetConnectOpts;
  /** See {@linkcode OnReadOpts}. */
  export type OnReadOpts = Options.OnReadOpts;
  /** See {@linkcode SetKeepAliveOptions}. */
  export type SetKeepAliveOptions = Options.SetKeepAliveOptions;
  /** See {@linkcode ServerOpts}. */
  export type ServerOpts = Options.ServerOpts;
  /** See {@linkcode SocketConnectOpts}. */
  export type SocketConnectOpts = Options.SocketConnectOpts;
  /** See {@linkcode SocketConstructorOpts}. */
  export type SocketConstructorOpts = Options.SocketConstructorOpts;
  /** See {@linkcode SocketEventMap}. */
  export type SocketEventMap = Options.SocketEventMap;
  /** See {@linkcode SocketReadyState}. */
  export type SocketReadyState = Options.SocketReadyState;
  /** See {@linkcode TcpNetConnectOpts}. */
  export type TcpNetConnectOpts = Options.TcpNetConnectOpts;
  /** See {@linkcode TcpSocketConnectOpts}. */
  export type TcpSocketConnectOpts = Options.TcpSocketConnectOpts;
}
export default net;
