/**
 * The Bun backend, over `Bun.connect` and `Bun.listen`.
 *
 * They cannot listen on what is bound already, nor on a port that cluster workers
 * share. That goes through Bun's `node:net`.
 *
 * @module
 */
import { builtin, process } from "../builtins.ts";
import type { Connection, RuntimeAdapter } from "../adapter.ts";
import { bunApi, type BunSocket } from "./api.ts";
import { bind } from "./bind.ts";
import { connect } from "./connect.ts";
import { BunConnection } from "./connection.ts";
import { type BunSocketOwner, handlers, UnconnectedOwner } from "./handlers.ts";
import { hasLibc } from "./libc.ts";
import { listen } from "./listen.ts";
import { listenOnHandle } from "./listen_handle.ts";
import {
  hasOldSockets,
  ignoresSource,
  listensOnNoHandle,
  repeatUnref,
} from "./old_releases/faults.ts";
import { ownerOf } from "./old_releases/old_socket.ts";
import { codeFrom, featureUnavailable, systemError } from "../errors.ts";

/** The type of a descriptor, as `ERR_INVALID_FD_TYPE` names it. */
function fdType(fd: number): "SOCKET" | "PIPE" | "FILE" | "UNKNOWN" {
  try {
    const stats = builtin("node:fs").fstatSync(fd);
    if (stats.isSocket()) return "SOCKET";
    if (stats.isFIFO()) return "PIPE";
    return stats.isDirectory() ? "UNKNOWN" : "FILE";
  } catch {
    return "UNKNOWN";
  }
}

/**
 * Owns the socket that Bun makes of a descriptor, until there is a connection.
 * Bun reports the outcome before `connect` returns.
 */
class DescriptorOwner extends UnconnectedOwner implements BunSocketOwner {
  connection: Connection | undefined;
  error: Error | undefined;

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    const kind = socket.localPort === undefined ? "pipe" : "tcp";
    const connection = this.connection = new BunConnection(socket, kind);
    connection.opened();
    repeatUnref(socket, connection);
  }

  override onConnectError(error: Error): void {
    this.error = error;
  }
}

function open(fd: number): Connection {
  const type = fdType(fd);
  if (type === "PIPE") throw featureUnavailable("openFd of a FIFO", "bun");
  if (type !== "SOCKET") {
    throw Object.assign(new TypeError(`Unsupported fd type: ${type}`), {
      code: "ERR_INVALID_FD_TYPE",
    });
  }
  const owner = new DescriptorOwner();
  bunApi().connect<BunSocketOwner>({
    fd,
    data: owner,
    socket: handlers,
    allowHalfOpen: true,
  });
  if (owner.connection) return owner.connection;
  throw systemError(codeFrom(owner.error, "EINVAL"), "open");
}

/**
 * Make the backend over Bun's own sockets.
 *
 * @param fallback Listens on what is bound already, which Bun's API cannot.
 *
 * @example
 * ```ts ignore
 * const adapter = createBunAdapter(nodeAdapter);
 * net.connect({ port: 8080, adapter });
 * ```
 */
export function createBunAdapter(fallback: RuntimeAdapter): RuntimeAdapter {
  return {
    name: "bun",
    capabilities: {
      get sourceAddress() {
        return !ignoresSource || hasLibc();
      },
      unreferencedConnect: true,
      ipv6Only: true,
      reusePort: true,
      backlog: process.platform === "linux",
      pipe: true,
      pipeMode: process.platform !== "win32",
      listenHandle: !listensOnNoHandle,
      openFd: true,
      cluster: false,
      reset: true,
      get keepAliveDelay() {
        return !hasOldSockets || hasLibc();
      },
      get keepAliveProbes() {
        return hasLibc();
      },
    },
    connect,
    listen: (target, sink) =>
      target.kind === "handle"
        ? listenOnHandle(target, sink, fallback)
        : listen(target, sink),
    bind: (target) => bind(target, fallback),
    // The handle of a connection of this backend.
    wrap: (native) => {
      const owner = ownerOf(native);
      return owner instanceof BunConnection ? owner : undefined;
    },
    open,
  };
}
