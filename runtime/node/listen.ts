/**
 * Listening over the runtime's `node:net`.
 *
 * @module
 */
import cluster from "node:cluster";
import { chmodSync } from "node:fs";
import net from "node:net";
import process from "node:process";
import type {
  Listener,
  ListenSink,
  ListenTarget,
  PipeListenTarget,
  TcpListenTarget,
} from "../adapter.ts";
import { hasLibc, listenIPv6Only } from "../deno/libc.ts";
import { codeOf, featureUnavailable } from "../errors.ts";
import { NodeConnection } from "./connection.ts";
import { listenError, normalize } from "./errors.ts";
import { createServerHandle } from "./handle.ts";
import { checkPipePath } from "../common/pipe_path.ts";

/** `SO_REUSEPORT` came with 22.12 and 23.1; older ones ignore the option. */
function supportsReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) ||
    (major === 22 && minor >= 12);
}

/** Whether {@linkcode listen} can share a port. */
export const hasReusePort: boolean = supportsReusePort();

/**
 * `listen` with a host looks it up, even a number; a handle is bound without.
 * A cluster worker has to ask the primary, though, and so has to use names.
 */
function listenTcp(server: net.Server, target: TcpListenTarget): void {
  if (target.reusePort && !hasReusePort) {
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

/** Bind and listen. */
export function listen(target: ListenTarget, sink: ListenSink): Listener {
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
