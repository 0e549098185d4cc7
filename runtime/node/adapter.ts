/**
 * The `node:net` backend: Node's own, and the second transport on runtimes
 * whose native API lacks something (they all have a `node:net`).
 *
 * It uses the public API only, with the streams' own policies turned off:
 * half-open always, reading paused until it is asked for.
 *
 * @module
 */
import net from "node:net";
import type { Capabilities, Connection, RuntimeAdapter } from "../adapter.ts";
import { hasLibc } from "../deno/libc.ts";
import { bind } from "./bind.ts";
import { connect } from "./connect.ts";
import { NodeConnection, takesProbes } from "./connection.ts";
import { hasReusePort, listen } from "./listen.ts";

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

const capabilities: Capabilities = {
  sourceAddress: true,
  unreferencedConnect: true,
  // Deno's takes the option, and listens on IPv4 as well.
  get ipv6Only() {
    return !("Deno" in globalThis) || hasLibc();
  },
  reusePort: hasReusePort,
  backlog: true,
  pipeMode: true,
  listenHandle: true,
  openFd: true,
  cluster: true,
  reset: true,
  keepAliveDelay: true,
  get keepAliveProbes() {
    return takesProbes(net.Socket.prototype);
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
  bind,
  open,
};
