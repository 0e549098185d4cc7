/**
 * Listening over the runtime's `node:net`.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { net } from "../native_net.ts";
import { builtin, process } from "../builtins.ts";
import type {
  Listener,
  ListenSink,
  ListenTarget,
  PipeListenTarget,
  TcpListenTarget,
} from "../adapter.ts";
import { codeOf, featureUnavailable } from "../errors.ts";
import { keepAccepting } from "./accept_again.ts";
import { NodeConnection } from "./connection.ts";
import type { NetDialect } from "./dialect.ts";
import { isDenial, listenError, normalize } from "./errors.ts";
import { createServerHandle } from "./handle.ts";
import { guardListenSink } from "../common/guarded_sinks.ts";
import { checkPipePath } from "../common/pipe_path.ts";
import { setPipeMode } from "../common/pipe_mode.ts";

/**
 * Node takes `reusePort` since 22.12 and 23.1, and ignores it before
 * (https://github.com/nodejs/node/pull/55408).
 */
function supportsReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) ||
    (major === 22 && minor >= 12);
}

/** Whether {@linkcode listen} can share a port. */
export const hasReusePort: boolean = supportsReusePort();

/**
 * `server.listen()` looks a host up, even a numeric one, and so binds in a
 * later turn. A handle binds at once. But a cluster worker has to ask its
 * primary, which takes a host only.
 */
function listenTcp(
  server: net.Server,
  target: TcpListenTarget,
  dialect: NetDialect,
): void {
  if (target.reusePort && !hasReusePort) {
    throw featureUnavailable("reusePort", "node");
  }
  const { address, port, backlog, ipv6Only, reusePort } = target;
  const denial = dialect.netDenial(address ?? "::", port);
  if (denial) throw listenError(denial, target, dialect);
  const means = dialect.ipv6Only;
  if (ipv6Only && means !== "supported" && (address ?? "::") === "::") {
    // The primary of a cluster would listen with the runtime's own means.
    if (
      !means.isAvailable() || !bindsItself(target)
    ) {
      throw featureUnavailable("ipv6Only", dialect.runtime);
    }
    const fd = means.listen(port, backlog);
    if (fd < 0) throw listenError({ code: codeOf(fd) }, target, dialect);
    server.listen({ fd }, backlog);
    return;
  }
  const plain = !ipv6Only && !reusePort && bindsItself(target);
  if (address !== null && plain && "_createServerHandle" in net) {
    const handle = createServerHandle(address, port, net.isIP(address));
    if (typeof handle === "number") {
      throw listenError({ code: codeOf(handle) }, target, dialect);
    }
    server.listen(handle, backlog);
    return;
  }
  server.listen({ ...target, host: address ?? undefined });
}

/** Whether this process binds, and not the primary of its cluster for it. */
function bindsItself({ exclusive }: { exclusive: boolean }): boolean {
  return exclusive || !builtin("node:cluster").isWorker;
}

/** The native handle of a path. */
interface PipeHandle {
  setPendingInstances?(instances: number): void;
}

/** Refuse a path that the runtime's own module must not try to listen on. */
function checkFree(target: PipeListenTarget, dialect: NetDialect): void {
  const denial = dialect.pathDenial(target.path);
  if (denial) throw denial;
  if (dialect.isPathTaken(target.path)) {
    throw listenError({ code: "EADDRINUSE" }, target, dialect);
  }
}

/** Listen on a path, for as many peers as there can be. */
function listenOnPath(
  server: net.Server,
  target: PipeListenTarget,
  dialect: NetDialect,
): void {
  const { path, backlog } = target;
  const isOwn = bindsItself(target);
  if (isOwn) checkFree(target, dialect);
  const { pipeInstances } = dialect;
  if (pipeInstances > 0 && isOwn && "_createServerHandle" in net) {
    const handle = createServerHandle(path, -1, -1);
    if (typeof handle === "number") {
      throw listenError({ code: codeOf(handle) }, target, dialect);
    }
    (handle as PipeHandle).setPendingInstances?.(pipeInstances);
    server.listen(handle, backlog);
  } else server.listen(target);
  if (server.listening) setPipeMode(target);
}

/**
 * Whether the primary of the cluster accepts for this server, whose handle is
 * then a plain object.
 */
function isStandIn(server: net.Server): boolean {
  const { _handle: handle } = server as { _handle?: object | null };
  return handle != null && Object.getPrototypeOf(handle) === Object.prototype;
}

/** Whether a server listens on TCP. */
function hasTcpAddress(server: net.Server): boolean {
  const address = server.address();
  return typeof address === "object" && address?.address !== undefined;
}

/** Bind and listen. */
export function listen(
  dialect: NetDialect,
  target: ListenTarget,
  givenSink: ListenSink,
): Listener {
  const sink = dialect.reportsExceptions
    ? givenSink
    : guardListenSink(givenSink);
  if (target.kind === "pipe") checkPipePath(target.path, "listen");
  const server = net.createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
  });
  let pending = true;
  let closed = false;
  // Node calls in the context of `listen()`. Deno does so since 2.9.
  const inContext = AsyncLocalStorage.snapshot();
  server.on("connection", (socket) => {
    const connection = new NodeConnection(
      socket,
      // Of an inherited handle, the address tells: a peer may have none.
      target.kind === "tcp" || hasTcpAddress(server) ? "tcp" : "pipe",
      dialect,
      true,
    );
    if (dialect.reportsExceptions) sink.onConnection(connection);
    else inContext(() => sink.onConnection(connection));
  });
  // A primary asks whether a worker takes one more connection. A server that
  // accepts by itself must not drop any: that is up to the sink.
  if (builtin("node:cluster").isWorker) {
    Object.defineProperty(server, "maxConnections", {
      get: () => isStandIn(server) ? sink.maxConnections : undefined,
    });
  }
  server.on("error", (error) => {
    if (closed) return;
    const accepting = server.listening;
    closed = !accepting;
    sink.onError(
      accepting
        ? normalize(error, "accept")
        : listenError(error, target, dialect),
    );
  });
  try {
    switch (target.kind) {
      case "tcp":
        listenTcp(server, target, dialect);
        break;
      case "pipe":
        listenOnPath(server, target, dialect);
        break;
      case "handle":
        server.listen(target.handle, target.backlog);
        break;
    }
  } catch (error) {
    throw isDenial(error)
      ? listenError(error as Error, target, dialect)
      : error;
  }
  const onListening = () => {
    if (dialect.stopsAccepting && hasTcpAddress(server)) keepAccepting(server);
  };
  pending = !server.listening;
  if (pending) {
    server.once("listening", () => {
      pending = false;
      if (closed) return;
      onListening();
      sink.onListening();
    });
  } else onListening();
  return {
    get pending() {
      return pending;
    },
    get fd() {
      const { _handle } = server as { _handle?: { fd?: number } | null };
      return _handle?.fd ?? -1;
    },
    get handle() {
      return (server as { _handle?: object | null })._handle ?? null;
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
