/**
 * Counts the sockets and servers that are made.
 *
 * @module
 */
import { subscribe } from "node:diagnostics_channel";

/**
 * Count what is made from here on, by what `net` publishes for tracing tools.
 * The runtime's own publishes in the same place, so the class is looked at.
 *
 * @param {typeof import("node:net")} net
 */
export function watchSockets(net) {
  const made = { sockets: 0, servers: 0 };
  /** @param {unknown} message */
  const countSocket = (message) => {
    const { socket } = /** @type {{ socket: object }} */ (message);
    if (socket.constructor === net.Socket) made.sockets++;
  };
  subscribe("net.client.socket", countSocket);
  subscribe("net.server.socket", countSocket);
  subscribe("tracing:net.server.listen:asyncStart", (message) => {
    const { server } = /** @type {{ server: object }} */ (message);
    if (server.constructor === net.Server) made.servers++;
  });
  return made;
}
