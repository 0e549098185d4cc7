/**
 * `@nats-io/transport-node` with NATS: a line of plain text, then TLS.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";

const [ECHO, NEWS] = [`echo.${process.pid}`, `news.${process.pid}`];

/** @type {import("../all.mjs").Scenario} */
export const nats = {
  name: "@nats-io/transport-node",
  service: "nats",
  cases: {
    async "subscriptions, requests, large messages"(bed) {
      const { connect } = bed.load("@nats-io/transport-node");
      const options = {
        servers: `localhost:${bed.port}`,
        tls: { ca: bed.cert },
      };
      const [server, client] = await Promise.all([
        connect(options),
        connect(options),
      ]);
      server.subscribe(ECHO, {
        callback: (/** @type {Error} */ _, /** @type {any} */ message) =>
          message.respond(message.data),
      });
      await server.flush();
      const large = Buffer.alloc(1 << 19, "large ");
      for (const payload of [Buffer.from("hello"), large]) {
        const { data } = await client.request(ECHO, payload, {
          timeout: 20_000,
        });
        assert.ok(payload.equals(data));
      }
      const news = server.subscribe(NEWS, { max: 500 });
      await server.flush();
      for (let i = 0; i < 500; i++) client.publish(NEWS, `number ${i}`);
      let count = 0;
      for await (const message of news) {
        assert.equal(message.string(), `number ${count++}`);
      }
      assert.equal(count, 500);
      await client.drain();
      await server.drain();
    },
  },
};
