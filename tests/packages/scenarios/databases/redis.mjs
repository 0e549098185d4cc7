/**
 * `redis` with Redis.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";

const KEY = `redis:${process.pid}`;

/** @type {import("../all.mjs").Scenario} */
export const redis = {
  name: "redis",
  service: "redis",
  cases: {
    async "commands, pipelines, large values, subscriptions"(bed) {
      const { createClient } = bed.load("redis");
      const client = createClient({
        socket: { host: bed.host, port: bed.plainPort },
      });
      await client.connect();
      const large = "large value ".repeat(300_000);
      await client.set(KEY, large);
      assert.ok(await client.get(KEY) === large);
      const answers = await Promise.all(
        Array.from({ length: 2_000 }, () => client.incr(`${KEY}:count`)),
      );
      assert.equal(answers.at(-1), 2_000);
      const subscriber = client.duplicate();
      await subscriber.connect();
      /** @type {(text: string) => void} */
      let hear = () => {};
      const heard = new Promise((resolve) => hear = resolve);
      await subscriber.subscribe(KEY, hear);
      await client.publish(KEY, "hello");
      assert.equal(await heard, "hello");
      await client.del([KEY, `${KEY}:count`]);
      await subscriber.close();
      await client.close();
    },
  },
};
