/**
 * `rhea`: AMQP 1.0, client and server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";

/** @type {import("../all.mjs").Scenario} */
export const rhea = {
  name: "rhea",
  cases: {
    async "messages with credit, and a large one"(bed) {
      const { create_container } = bed.load("rhea");
      const container = create_container();
      /** @type {unknown[]} */
      const received = [];
      const large = "large ".repeat(200_000);
      const done = new Promise((resolve) => {
        container.on("message", (/** @type {any} */ { message }) => {
          received.push(message.body);
          if (message.body === large) resolve(undefined);
        });
      });
      const server = container.listen({ port: 0, host: bed.host });
      await once(server, "listening");
      const client = create_container();
      const connection = client.connect({
        ...{ port: server.address().port, host: bed.host, reconnect: false },
      });
      const sender = connection.open_sender("news");
      let count = 0;
      sender.on("sendable", () => {
        while (sender.sendable() && count <= 300) {
          const body = count < 300 ? `message ${count}` : large;
          sender.send({ body });
          count++;
        }
      });
      await done;
      assert.equal(received.length, 301);
      assert.equal(received[299], "message 299");
      const closed = new Promise((resolve) =>
        connection.once("connection_close", resolve)
      );
      connection.close();
      await closed;
      await new Promise((resolve) => server.close(resolve));
    },
  },
};
