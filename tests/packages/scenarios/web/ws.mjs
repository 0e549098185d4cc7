/**
 * `ws` over `https`: an upgrade of HTTP on a connection upgraded to TLS.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";

/** @type {import("../all.mjs").Scenario} */
export const ws = {
  name: "ws",
  cases: {
    async "over https, messages and compression"(bed) {
      // By its path: of the name, Bun makes a package of its own.
      const WebSocket = bed.load(bed.fileOf("ws/index.js"));
      const secure = http.createServer();
      const { server, port } = await bed.listen((socket) => {
        secure.emit("connection", bed.upgradePeer(socket));
      });
      const sockets = new WebSocket.Server({
        ...{ server: secure, perMessageDeflate: true },
        maxPayload: 16 << 20,
      });
      sockets.on("connection", (/** @type {any} */ socket) => {
        socket.on(
          "message",
          (/** @type {Buffer} */ data, /** @type {boolean} */ binary) =>
            socket.send(data, { binary }),
        );
      });
      const client = new WebSocket(`wss://localhost:${port}`, {
        createConnection: () => bed.upgrade(bed.net.connect(port, bed.host)),
        maxPayload: 16 << 20,
      });
      await once(client, "open");
      const large = Buffer.alloc(4 << 20, "a message ");
      for (const message of [Buffer.from("hello"), large]) {
        client.send(message);
        const [answer] = await once(client, "message");
        assert.ok(message.equals(answer));
      }
      const pong = once(client, "pong");
      client.ping("are you there");
      assert.equal(String((await pong)[0]), "are you there");
      const closed = once(client, "close");
      client.close(1000, "done");
      const [code, reason] = await closed;
      assert.deepEqual([code, String(reason)], [1000, "done"]);
      sockets.close();
      server.close();
    },
  },
};
