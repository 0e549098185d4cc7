/**
 * Compiled, never run: code written against `node:net` and `@types/node`
 * must compile with this package in its place.
 *
 * @module
 */
import http from "node:http";
import * as nodeNet from "node:net";
import { type Duplex, pipeline } from "node:stream";
import tls from "node:tls";
import * as named from "../../mod.ts";
import net, {
  type AddressInfo,
  BlockList,
  connect,
  createServer,
  type DropArgument,
  type IpcSocketConnectOpts,
  type ListenOptions,
  type LookupFunction,
  type OnReadOpts,
  type ServerOpts,
  Socket,
  SocketAddress,
  type SocketConstructorOpts,
  type TcpSocketConnectOpts,
} from "../../mod.ts";

// Our types where those of `node:net` are expected.
export const theirSocket: nodeNet.Socket = new Socket();
export const theirServer: nodeNet.Server = createServer();
export const theirDuplex: Duplex = connect(1);
export const theirBlockList: Pick<nodeNet.BlockList, keyof nodeNet.BlockList> =
  new BlockList();
export const theirSocketAddress: nodeNet.SocketAddress = new SocketAddress();
export const theirAddress: nodeNet.AddressInfo | string | null = createServer()
  .address();
http.createServer().emit("connection", new Socket());
http.request({ createConnection: () => connect(80) });
tls.connect({ socket: new Socket() });
pipeline(connect(1), connect(2), () => {});

// Their types as option values where ours are expected.
declare const theirOptions: {
  socket: nodeNet.SocketConstructorOpts;
  tcp: nodeNet.TcpSocketConnectOpts;
  tcpNet: nodeNet.TcpNetConnectOpts;
  ipc: nodeNet.IpcSocketConnectOpts;
  connect: nodeNet.NetConnectOpts;
  listen: Omit<nodeNet.ListenOptions, "handle">;
  server: nodeNet.ServerOpts;
  onread: nodeNet.OnReadOpts;
  lookup: nodeNet.LookupFunction;
  drop: nodeNet.DropArgument;
  blockList: nodeNet.BlockList;
};
export const ourSocketOptions: SocketConstructorOpts = theirOptions.socket;
export const ourTcp: TcpSocketConnectOpts = theirOptions.tcp;
export const ourIpc: IpcSocketConnectOpts = theirOptions.ipc;
export const ourConnect: net.NetConnectOpts = theirOptions.connect;
export const ourListen: ListenOptions = theirOptions.listen;
export const ourServer: ServerOpts = theirOptions.server;
export const ourOnRead: OnReadOpts = theirOptions.onread;
export const ourLookup: LookupFunction = theirOptions.lookup;
export const ourDrop: DropArgument = theirOptions.drop;
connect({ port: 1, blockList: theirOptions.blockList });

// Our types as option values where theirs are expected.
declare const ourOptions: {
  socket: SocketConstructorOpts;
  connect: net.NetConnectOpts;
  server: ServerOpts;
};
export const theirSocketOptions: nodeNet.SocketConstructorOpts =
  ourOptions.socket;
export const theirConnectOptions: nodeNet.NetConnectOpts = ourOptions.connect;
export const theirServerOptions: nodeNet.ServerOpts = ourOptions.server;
connect({ port: 1, blockList: new BlockList() });
connect({ port: 1, handle: new net.BoundSocket({ path: "/path" }) });

// The whole module in place of the other, either way of importing it.
export const theirModule: typeof nodeNet = net;
export const theirNamespace: typeof nodeNet = named;

// The functions of either module in place of the other's.
export const theirConnect: typeof nodeNet.connect = connect;
export const theirIsIP: typeof nodeNet.isIP = net.isIP;

// Typed events.
const socket: net.Socket = net.createConnection({ port: 8124 }, () => {
  socket.write("hello");
});
socket.on("close", (hadError) => hadError satisfies boolean);
socket.on("close", function (this: net.Socket, hadError) {
  void [this.remotePort, hadError satisfies boolean];
});
socket.once("close", () => {});
socket.on("data", (data) => data satisfies string | Uint8Array);
socket.once("connectionAttemptFailed", (ip, port, family, error) => {
  void [ip.length, port.toFixed(), family.toFixed(), error.message];
});
socket.on("lookup", (error, address, family, host) => {
  void [error?.message, address.length, family?.toFixed(), host.length];
});
socket.on("whatever", (...args: unknown[]) => void args);

const server: net.Server = net.createServer((peer) => {
  peer.pipe(peer);
  peer.remoteAddress satisfies string | undefined;
  peer.server satisfies net.Server | null;
});
server.on("connection", (peer) => peer satisfies Socket);
server.on("drop", (data) => data satisfies DropArgument | undefined);
server.on("error", (error) => error satisfies Error);
server.once("listening", () => {});
server.listen("/path", 511, () => {});
server.listen(8124, "localhost", 511, () => {});
server.listen(8124, 511);
server.listen();
const address = server.address() as AddressInfo;
address.port satisfies number;

// Classes.
class Framed extends net.Socket {
  constructor(options: net.SocketConstructorOpts) {
    super({ ...options, highWaterMark: 1024 });
  }
}
new Framed({}).setTimeout(1000).setNoDelay().setKeepAlive(true, 1000).ref();
export const callable: net.Socket = net.Socket({ allowHalfOpen: true });

class Counting extends net.Server {
  override close(callback?: (error?: Error) => void): this {
    return super.close(callback);
  }
}
new Counting().setMaxListeners(1).on("close", () => {}).ref();
net.connect(1).setEncoding("utf8").on("data", () => {}).setNoDelay();
net.Socket.fromWeb satisfies unknown;

// Types as members of the default export.
export const blockList: net.BlockList = new net.BlockList();
export const socketAddress: net.SocketAddress = new net.SocketAddress(
  { port: 1 } satisfies net.SocketAddressInitOptions,
);
export const boundSocket: net.BoundSocket = new net.BoundSocket(
  { port: 0 } satisfies net.BoundSocketOptions,
);
export const boundTo: AddressInfo | string = boundSocket.address();
export const events: net.ServerEventMap["connection"] = [connect(1)];

// What must not compile.
// @ts-expect-error: the parameter is typed, and not any
socket.on("close", (hadError) => hadError.length);
// @ts-expect-error: likewise on a server
server.on("connection", (peer) => peer.nothing);
// @ts-expect-error: a port or a path is needed
net.connect({ host: "localhost" });
// @ts-expect-error: no such option
net.createServer({ allowHalfOpened: true });
// @ts-expect-error: read-only
socket.bytesRead = 1;
