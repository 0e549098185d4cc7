/**
 * A server of a fixture that lives as long as its standard input, in a process
 * that may have no descriptor left.
 *
 * @module
 */
import process from "node:process";
import * as net from "../../mod.ts";

/**
 * Makes a server that closes with its connections once the input ends.
 *
 * @param onConnection Called with each connection.
 * @returns The server, and the connections that are open.
 */
export function serveUntilEof(
  onConnection: (socket: net.Socket) => void,
): { server: net.Server; sockets: ReadonlySet<net.Socket> } {
  // Deno 2.9.5 panics if it first opens its signal handling without a descriptor
  // left (not reported); a listener has it opened now.
  const watched = () => {};
  process.on("SIGHUP", watched);

  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    onConnection(socket);
  });
  process.stdin.resume().on("end", () => {
    process.off("SIGHUP", watched);
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server, sockets };
}

/** Listens on a free port of 127.0.0.1, and prints it. */
export function printPort(server: net.Server): void {
  server.listen(0, "127.0.0.1", () => {
    console.log((server.address() as net.AddressInfo).port);
  });
}
