/**
 * `ioredis` with Redis.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";

const KEY = `ioredis:${process.pid}`;

/** @param {import("../../bed.mjs").Bed} bed */
function createClient(bed) {
  const { Redis } = bed.load("ioredis");
  class Connector {
    /** @type {import("node:tls").TLSSocket | undefined} */
    stream;

    check() {
      return true;
    }

    async connect() {
      return this.stream = await bed.connectSecurely(bed.port);
    }

    disconnect() {
      this.stream?.end();
    }
  }
  return new Redis({ Connector });
}

/** @type {import("../all.mjs").Scenario} */
export const ioredis = {
  name: "ioredis",
  service: "redis",
  cases: {
    async "a connection of its own"(bed) {
      const { Redis } = bed.load("ioredis");
      const client = new Redis({ host: bed.host, port: bed.plainPort });
      assert.equal(await client.set(KEY, "value"), "OK");
      assert.equal(await client.get(KEY), "value");
      await client.quit();
    },
    async "commands, pipelines, large values"(bed) {
      const client = createClient(bed);
      const large = Buffer.alloc(4 << 20, "large value ");
      await client.set(KEY, large);
      assert.ok(large.equals(await client.getBuffer(KEY)));
      const pipeline = client.pipeline();
      for (let i = 0; i < 2_000; i++) pipeline.set(KEY, i).get(KEY);
      const answers = await pipeline.exec();
      assert.deepEqual(answers.at(-1), [null, "1999"]);
      await client.quit();
    },
    async "publish and subscribe, and a connection that is killed"(bed) {
      const subscriber = createClient(bed);
      const client = createClient(bed);
      const id = await subscriber.client("ID");
      await subscriber.subscribe(KEY);
      const message = new Promise((resolve) =>
        subscriber.once(
          "message",
          (/** @type {string[]} */ ...args) => resolve(args),
        )
      );
      await client.publish(KEY, "hello");
      assert.deepEqual(await message, [KEY, "hello"]);
      const again = new Promise((resolve) => subscriber.once("ready", resolve));
      await client.client("KILL", "ID", id);
      await again;
      await Promise.all([subscriber.quit(), client.quit()]);
    },
  },
};
