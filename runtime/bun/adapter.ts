/**
 * The Bun backend, over `Bun.connect` and `Bun.listen`.
 *
 * What these cannot express (listening on a bound handle, a port shared by
 * cluster workers) goes through Bun's `node:net`.
 *
 * @module
 */
import fs from "node:fs";
import process from "node:process";
import type { Connection, RuntimeAdapter } from "../adapter.ts";
import { bunApi, type BunSocket } from "./api.ts";
import { bind } from "./bind.ts";
import { connect } from "./connect.ts";
import { BunConnection } from "./connection.ts";
import { type BunSocketOwner, handlers, Opening } from "./handlers.ts";
import { hasLibc } from "./libc.ts";
import { listen } from "./listen.ts";
import { codeFrom, featureUnavailable, systemError } from "../errors.ts";

/** What a descriptor is, in the words of `ERR_INVALID_FD_TYPE`. */
function fdType(fd: number): "SOCKET" | "PIPE" | "FILE" | "UNKNOWN" {
  try {
    const stats = fs.fstatSync(fd);
    if (stats.isSocket()) return "SOCKET";
    if (stats.isFIFO()) return "PIPE";
    return stats.isDirectory() ? "UNKNOWN" : "FILE";
  } catch {
    return "UNKNOWN";
  }
}

/** Takes the socket that Bun makes of a descriptor, before `connect` returns. */
class Adoption extends Opening implements BunSocketOwner {
  connection: Connection | undefined;
  error: Error | undefined;

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    const kind = socket.localPort === undefined ? "pipe" : "tcp";
    const connection = new BunConnection(socket, kind);
    socket.data = this.connection = connection;
    connection.opened();
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
  const adoption = new Adoption();
  bunApi().connect<BunSocketOwner>({
    fd,
    data: adoption,
    socket: handlers,
    allowHalfOpen: true,
  });
  if (adoption.connection) return adoption.connection;
  throw systemError(codeFrom(adoption.error, "EINVAL"), "open");
}

/**
 * The backend over Bun's own sockets.
 *
 * @example
 * ```ts ignore
 * net.connect({ port: 8080, adapter: bunAdapter });
 * ```
 */
export const bunAdapter: RuntimeAdapter = {
  name: "bun",
  capabilities: {
    sourceAddress: true,
    unreferencedConnect: true,
    ipv6Only: true,
    reusePort: true,
    backlog: process.platform === "linux",
    pipeMode: process.platform !== "win32",
    listenHandle: false,
    openFd: true,
    cluster: false,
    reset: true,
    keepAliveDelay: true,
    get keepAliveProbes() {
      return hasLibc();
    },
  },
  connect,
  listen,
  bind,
  open,
};
