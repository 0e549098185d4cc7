/**
 * `ssh2`, client and server: encryption of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";

/** @type {import("../all.mjs").Scenario} */
export const ssh2 = {
  name: "ssh2",
  cases: {
    async "commands and data both ways"(bed) {
      const { Client, Server, utils } = bed.load("ssh2");
      const hostKey = utils.generateKeyPairSync("ed25519").private;
      const backend = new Server({ hostKeys: [hostKey] }, (
        /** @type {any} */ peer,
      ) => {
        peer.on("error", () => {});
        peer.on("authentication", (/** @type {any} */ attempt) => {
          if (attempt.method === "password" && attempt.password === "secret") {
            attempt.accept();
          } else attempt.reject(["password"]);
        });
        peer.on("session", (/** @type {Function} */ accept) => {
          accept().on("exec", (
            /** @type {Function} */ accept,
            /** @type {Function} */ _,
            /** @type {{ command: string }} */ { command },
          ) => {
            const stream = accept();
            stream.write(`${command}: `);
            stream.on("data", (/** @type {Buffer} */ data) => {
              if (!stream.write(data)) {
                stream.pause();
                stream.once("drain", () => stream.resume());
              }
            });
            stream.on("end", () => {
              stream.exit(3);
              stream.end();
            });
          });
        });
      });
      const { server, port } = await bed.listen((socket) => {
        backend.injectSocket(socket);
      });
      const client = new Client();
      client.connect({
        ...{ sock: bed.net.connect(port, bed.host) },
        ...{ username: "user", password: "secret" },
      });
      await once(client, "ready");
      const stream = await new Promise((resolve, reject) =>
        client.exec(
          "echo",
          (/** @type {Error} */ error, /** @type {any} */ stream) =>
            error ? reject(error) : resolve(stream),
        )
      );
      const exit = once(stream, "exit");
      const input = Buffer.alloc(2 << 20, "input ");
      stream.end(input);
      /** @type {Buffer[]} */
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      assert.ok(
        Buffer.concat(chunks).equals(
          Buffer.concat([Buffer.from("echo: "), input]),
        ),
      );
      assert.equal((await exit)[0], 3);
      const closed = once(client, "close");
      client.end();
      await closed;
      server.close();
    },
  },
};
