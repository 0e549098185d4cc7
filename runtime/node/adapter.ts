/**
 * The backend over the runtime's `node:net`. On Node it is the only one. Deno
 * and Bun have a `node:net` as well, and there it is the second transport, for
 * what their native APIs lack.
 *
 * The policies of `node:net` are turned off: every socket is half-open capable,
 * and none reads before it is asked to.
 *
 * @module
 */
import type { Connection, ReserveTarget, RuntimeAdapter } from "../adapter.ts";
import { net } from "../native_net.ts";
import { bind } from "./bind.ts";
import { connect, reserve } from "./connect.ts";
import { NodeConnection, takesProbes } from "./connection.ts";
import type { NetDialect } from "./dialect.ts";
import { hasReusePort, listen } from "./listen.ts";
import { nativeSocketOf } from "./native.ts";

function open(dialect: NetDialect, fd: number): Connection {
  const socket = new net.Socket({
    fd,
    readable: true,
    writable: true,
    allowHalfOpen: true,
  });
  return new NodeConnection(socket, kindOf(socket), dialect);
}

function kindOf(socket: net.Socket): "tcp" | "pipe" {
  return socket.localFamily === undefined ? "pipe" : "tcp";
}

function wrap(dialect: NetDialect, native: object): Connection | undefined {
  const socket = nativeSocketOf(native, dialect);
  if (!socket) return undefined;
  socket.allowHalfOpen = true;
  return new NodeConnection(socket, kindOf(socket), dialect).takeRead();
}

/**
 * Make the backend over the runtime's own public `node:net`.
 *
 * @param dialect How that `node:net` differs from Node's.
 *
 * @example
 * ```ts ignore
 * const adapter = createNodeAdapter(nodeDialect);
 * net.connect({ port: 8080, adapter });
 * ```
 */
export function createNodeAdapter(dialect: NetDialect): RuntimeAdapter {
  const { ipv6Only } = dialect;
  return {
    name: "node",
    capabilities: {
      sourceAddress: true,
      unreferencedConnect: true,
      get ipv6Only() {
        return ipv6Only === "supported" || ipv6Only.isAvailable();
      },
      reusePort: hasReusePort,
      backlog: dialect.backlog,
      pipe: true,
      pipeMode: true,
      listenHandle: true,
      openFd: true,
      cluster: true,
      reset: true,
      keepAliveDelay: true,
      get keepAliveProbes() {
        return takesProbes(net.Socket.prototype);
      },
    },
    connect: (target, sink) => connect(dialect, target, sink),
    listen: (target, sink) => listen(dialect, target, sink),
    bind: (target) => bind(dialect, target),
    ...dialect.nativeHandles && {
      reserve: (target: ReserveTarget) => reserve(dialect, target),
    },
    wrap: (native) => wrap(dialect, native),
    open: (fd) => open(dialect, fd),
  };
}
