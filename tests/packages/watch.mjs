/**
 * Collects the sockets and servers that are made.
 *
 * @module
 */
import { subscribe } from "node:diagnostics_channel";

/** @typedef {import("node:net").Socket} Socket */
/** @typedef {import("node:net").Server} Server */

/**
 * Collect what is made from here on, by what `net` publishes for tracing tools.
 * The runtime's own publishes in the same place, so the class is looked at.
 *
 * @param {typeof import("node:net")} net
 */
export function watchSockets(net) {
  /** @type {{ sockets: Socket[]; servers: Server[] }} */
  const made = { sockets: [], servers: [] };
  /** @param {unknown} message */
  const note = (message) => {
    const { socket } = /** @type {{ socket: Socket }} */ (message);
    if (socket.constructor === net.Socket) made.sockets.push(socket);
  };
  subscribe("net.client.socket", note);
  subscribe("net.server.socket", note);
  subscribe("tracing:net.server.listen:asyncStart", (message) => {
    const { server } = /** @type {{ server: Server }} */ (message);
    if (server.constructor === net.Server) made.servers.push(server);
  });
  return made;
}
