/**
 * What other modules of the runtime make is an instance of `net`'s classes.
 */
import http from "node:http";
import net from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";

const server = net.createServer((socket) => socket.pipe(socket));
server.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  const client = net.connect(port, "127.0.0.1", () => client.end("echo"));
  client.setEncoding("utf8");
  client.on("data", (text) => {
    console.log(JSON.stringify({
      text,
      socket: client instanceof net.Socket,
      tlsSocket: new tls.TLSSocket(new Duplex()) instanceof net.Socket,
      tlsServer: tls.createServer() instanceof net.Server,
      httpServer: typeof http.createServer().listen,
    }));
    server.close();
  });
});
