/**
 * `mqtt` with `aedes`, both over upgraded connections.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import process from "node:process";

/**
 * A broker and two clients of it.
 *
 * @param {import("../../bed.mjs").Bed} bed
 * @param {boolean} [secure]
 */
async function start(bed, secure = true) {
  const { Aedes } = bed.load("aedes");
  const broker = await Aedes.createBroker();
  const { server, port } = await bed.listen((socket) => {
    broker.handle(secure ? bed.upgradePeer(socket) : socket);
  });
  const { MqttClient } = bed.load("mqtt");
  const createClient = () =>
    new MqttClient(
      () => {
        const socket = bed.net.connect(port, bed.host);
        return secure ? bed.upgrade(socket) : socket;
      },
      { reconnectPeriod: 0, protocolVersion: 4 },
    );
  const [subscriber, publisher] = [createClient(), createClient()];
  await subscriber.subscribeAsync("news/#", { qos: 1 });
  return {
    subscriber,
    publisher,
    async stop() {
      // The broker destroys the connection of a client that says goodbye. What
      // the client's TLS still sends may then be answered with a reset.
      for (const client of [subscriber, publisher]) {
        client.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
          assert.equal(error.code, "ECONNRESET");
        });
      }
      await Promise.all([subscriber.endAsync(), publisher.endAsync()]);
      await new Promise((resolve) => broker.close(resolve));
      server.close();
    },
  };
}

/**
 * Publish a message, and receive it.
 *
 * @param {Awaited<ReturnType<typeof start>>} started
 * @param {number} size
 */
async function exchange({ subscriber, publisher }, size) {
  const payload = Buffer.alloc(size, "payload ");
  const message = once(subscriber, "message");
  await publisher.publishAsync("news/today", payload, { qos: 1 });
  const [topic, received] = await message;
  assert.equal(topic, "news/today");
  assert.ok(payload.equals(received));
}

/** @type {import("../all.mjs").Scenario} */
export const mqtt = {
  name: "mqtt",
  others: ["aedes"],
  service: "mosquitto",
  cases: {
    async "Mosquitto, a connection of its own"(bed) {
      const client = bed.load("mqtt").connect({
        ...{ host: bed.host, port: bed.plainPort, protocolVersion: 5 },
      });
      await once(client, "connect");
      const topic = `mqtt/${process.pid}`;
      await client.subscribeAsync(topic, { qos: 1 });
      const payload = Buffer.alloc(200_000, "payload ");
      const message = once(client, "message");
      await client.publishAsync(topic, payload, { qos: 1 });
      assert.ok(payload.equals((await message)[1]));
      await client.endAsync();
    },
    async "aedes, publish and subscribe"(bed) {
      const started = await start(bed);
      const { subscriber, publisher } = started;
      await exchange(started, 40_000);
      let count = 0;
      const all = new Promise((resolve) =>
        subscriber.on("message", () => {
          if (++count === 500) resolve(undefined);
        })
      );
      await Promise.all(
        Array.from(
          { length: 500 },
          (_, i) => publisher.publishAsync(`news/${i}`, "short", { qos: 1 }),
        ),
      );
      await all;
      await started.stop();
    },
    // aedes calls read() once for each 'readable'. Since Node 26 and in Deno and
    // Bun, that takes one chunk, and if more than the high-water mark is left
    // then, there is no further 'readable'. Deno's TLS pushes several chunks
    // before it (2.9.5), and so does Deno's own net without TLS.
    async "aedes, a large message"(bed) {
      const started = await start(bed);
      await exchange(started, 200_000);
      await started.stop();
    },
    async "aedes, a large message that is not encrypted"(bed) {
      const started = await start(bed, false);
      await exchange(started, 2_000_000);
      await started.stop();
    },
  },
};
