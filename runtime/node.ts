/**
 * The `node:net` backend: Node's own, and the second transport on runtimes
 * whose native API lacks something (they all have a `node:net`).
 *
 * It uses the public API only, with the streams' own policies turned off:
 * half-open always, reading paused until it is asked for.
 *
 * @module
 */
import cluster from "node:cluster";
import { chmodSync } from "node:fs";
import net from "node:net";
import process from "node:process";
import type {
  Capabilities,
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Listener,
  ListenSink,
  ListenTarget,
  PipeListenTarget,
  RuntimeAdapter,
  TcpConnectTarget,
  TcpListenTarget,
} from "./adapter.ts";
import { hasLibc, listenIPv6Only } from "./deno_libc.ts";
import { codeOf, featureUnavailable, systemError } from "./errors.ts";
import { localEndpointOf, NodeConnection } from "./node_connection.ts";
import { connectError, listenError, normalize } from "./node_errors.ts";
import { checkPipePath } from "./pipe_path.ts";

/** Deno's goes on without the source address. */
function refuseOtherFamily(target: TcpConnectTarget): void {
  const { localAddress: address, localPort: port, family } = target;
  if (!address || net.isIP(address) === family) return;
  throw systemError("EINVAL", "bind", { address, port });
}

function connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
  if (target.kind === "pipe") checkPipePath(target.path, "connect");
  else refuseOtherFamily(target);
  // Set afterwards: until Node 22, any option makes a socket ten times dearer.
  const socket = new net.Socket();
  socket.allowHalfOpen = true;
  const onError = (error: Error) => sink.onError(connectError(error, target));
  socket.once("error", onError);
  // Bun's emits it before it binds, so it tells nothing.
  if (
    !("Bun" in globalThis) && target.kind === "tcp" &&
    (target.localAddress || target.localPort)
  ) {
    socket.once("connectionAttempt", () => sink.onBound?.());
  }
  socket.once("connect", () => {
    socket.off("error", onError);
    sink.onConnect(new NodeConnection(socket, target.kind));
  });
  if (target.kind === "pipe") {
    socket.connect({ path: target.path });
  } else {
    const { address, port, family, localAddress, localPort } = target;
    socket.connect({
      host: address,
      port,
      family,
      localAddress,
      localPort,
      autoSelectFamily: false,
    });
  }
  if (socket.destroyed) {
    socket.off("error", onError).on("error", () => {});
    throw connectError(socket.errored!, target);
  }
  if (!target.referenced) socket.unref();
  return {
    localEndpoint: () => localEndpointOf(socket),
    abort() {
      socket.removeAllListeners("connect");
      socket.off("error", onError);
      socket.on("error", () => {});
      socket.destroy();
    },
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  };
}

/**
 * `listen` with a host looks it up, even a number; a handle is bound without.
 * A cluster worker has to ask the primary, though, and so has to use names.
 */
function listenTcp(server: net.Server, target: TcpListenTarget): void {
  if (target.reusePort && !capabilities.reusePort) {
    throw featureUnavailable("reusePort", "node");
  }
  const { address, port, backlog, ipv6Only, reusePort, exclusive } = target;
  if (ipv6Only && "Deno" in globalThis && (address ?? "::") === "::") {
    // The primary of a cluster would listen with Deno's own.
    if (!hasLibc() || (cluster.isWorker && !exclusive)) {
      throw featureUnavailable("ipv6Only", "deno");
    }
    const fd = listenIPv6Only(port, backlog);
    if (fd < 0) throw listenError({ code: codeOf(fd) }, target);
    server.listen({ fd }, backlog);
    return;
  }
  const plain = !ipv6Only && !reusePort && (exclusive || !cluster.isWorker);
  if (address !== null && plain && "_createServerHandle" in net) {
    const handle = createServerHandle(address, port, net.isIP(address));
    if (typeof handle === "number") {
      throw listenError({ code: codeOf(handle) }, target);
    }
    server.listen(handle, backlog);
    return;
  }
  server.listen({ ...target, host: address ?? undefined });
}

/** libuv before Node 22 adds to the mode that the umask left. */
function setMode(server: net.Server, target: PipeListenTarget): void {
  const { path, readableAll, writableAll } = target;
  if (!server.listening || !(readableAll || writableAll)) return;
  const mode = (readableAll ? 0o444 : 0) | (writableAll ? 0o222 : 0);
  if (process.platform !== "win32") chmodSync(path, mode);
}

/** Whether the primary accepts for this server; its handle is a plain object. */
function isStandIn(server: net.Server): boolean {
  const { _handle: handle } = server as { _handle?: object | null };
  return handle != null && Object.getPrototypeOf(handle) === Object.prototype;
}

function listen(target: ListenTarget, sink: ListenSink): Listener {
  if (target.kind === "pipe") checkPipePath(target.path, "listen");
  const server = net.createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
  });
  let pending = true;
  let closed = false;
  server.on("connection", (socket) => {
    sink.onConnection(
      new NodeConnection(
        socket,
        target.kind !== "tcp" && socket.remoteFamily === undefined
          ? "pipe"
          : "tcp",
      ),
    );
  });
  // Only where it is asked before it is given a connection: the ones beyond
  // its limit that the server accepts by itself are the sink's to drop.
  if (cluster.isWorker) {
    Object.defineProperty(server, "maxConnections", {
      get: () => isStandIn(server) ? sink.maxConnections : undefined,
    });
  }
  server.on("error", (error) => {
    if (closed) return;
    const accepting = server.listening;
    closed = !accepting;
    sink.onError(
      accepting ? normalize(error, "accept") : listenError(error, target),
    );
  });
  switch (target.kind) {
    case "tcp":
      listenTcp(server, target);
      break;
    case "pipe":
      server.listen(target);
      setMode(server, target);
      break;
    case "handle":
      server.listen(target.handle, target.backlog);
      break;
  }
  pending = !server.listening;
  if (pending) {
    server.once("listening", () => {
      pending = false;
      if (!closed) sink.onListening();
    });
  }
  return {
    get pending() {
      return pending;
    },
    get fd() {
      const { _handle } = server as { _handle?: { fd?: number } | null };
      return _handle?.fd ?? -1;
    },
    endpoint() {
      const address = server.address();
      return address === null || typeof address === "string" ||
          address.address === undefined
        ? null
        : address;
    },
    close() {
      closed = true;
      server.close();
    },
    ref: () => void server.ref(),
    unref: () => void server.unref(),
  };
}

function open(fd: number): Connection {
  const socket = new net.Socket({
    fd,
    readable: true,
    writable: true,
    allowHalfOpen: true,
  });
  return new NodeConnection(
    socket,
    socket.localFamily === undefined ? "pipe" : "tcp",
  );
}

/** `SO_REUSEPORT` came with 22.12 and 23.1; older ones ignore the option. */
function hasReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) ||
    (major === 22 && minor >= 12);
}

const capabilities: Capabilities = {
  sourceAddress: true,
  unreferencedConnect: true,
  // Deno's takes the option, and listens on IPv4 as well.
  get ipv6Only() {
    return !("Deno" in globalThis) || hasLibc();
  },
  reusePort: hasReusePort(),
  backlog: true,
  pipeMode: true,
  listenHandle: true,
  openFd: true,
  cluster: true,
  reset: true,
  keepAliveDelay: true,
  get keepAliveProbes() {
    return net.Socket.prototype.setKeepAlive.length >= 4;
  },
};

/**
 * The backend over the runtime's own public `node:net`.
 *
 * @example
 * ```ts ignore
 * net.connect({ port: 8080, adapter: nodeAdapter });
 * ```
 */
export const nodeAdapter: RuntimeAdapter = {
  name: "node",
  capabilities,
  connect,
  listen,
  open,
};

/**
 * A bound handle of the runtime's own `node:net`, which `listen` takes; or
 * the negative number of the error. Known to packages as
 * `net._createServerHandle`.
 *
 * @throws {TypeError} `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where the
 * runtime's `node:net` has no such function.
 */
export function createServerHandle(
  address: string | null,
  port: number,
  addressType: number,
  fd?: number,
  flags?: number,
): object | number {
  const { _createServerHandle } = net as unknown as {
    _createServerHandle?: typeof createServerHandle;
  };
  if (!_createServerHandle) {
    throw featureUnavailable("_createServerHandle", "this runtime");
  }
  return _createServerHandle(address, port, addressType, fd, flags);
}
