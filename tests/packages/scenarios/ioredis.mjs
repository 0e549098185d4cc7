/**
 * `ioredis` with Redis.
 *
 * @module
 */
import assert from "node:assert/strict";

/** @param {import("../bed.mjs").Bed} bed */
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

/** @type {import("./all.mjs").Scenario} */
export const ioredis = {
  name: "ioredis",
  service: "redis",
  way: "option",
  cases: {
    async "commands, pipelines, large values"(bed) {
      const client = createClient(bed);
      const large = Buffer.alloc(4 << 20, "large value ");
      await client.set("large", large);
      assert.ok(large.equals(await client.getBuffer("large")));
      const pipeline = client.pipeline();
      for (let i = 0; i < 2_000; i++) pipeline.set(`n${i}`, i).get(`n${i}`);
      const answers = await pipeline.exec();
      assert.deepEqual(answers.at(-1), [null, "1999"]);
      await client.flushall();
      await client.quit();
    },
    async "publish and subscribe, and a connection that is killed"(bed) {
      const subscriber = createClient(bed);
      const client = createClient(bed);
      await subscriber.subscribe("news");
      const message = new Promise((resolve) =>
        subscriber.once(
          "message",
          (/** @type {string[]} */ ...args) => resolve(args),
        )
      );
      await client.publish("news", "hello");
      assert.deepEqual(await message, ["news", "hello"]);
      const again = new Promise((resolve) => subscriber.once("ready", resolve));
      await client.client("KILL", "TYPE", "pubsub");
      await again;
      await Promise.all([subscriber.quit(), client.quit()]);
    },
  },
};
