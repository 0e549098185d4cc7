/**
 * `memjs` with Memcached.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";

const KEY = `memjs:${process.pid}`;

/** @type {import("../all.mjs").Scenario} */
export const memjs = {
  name: "memjs",
  service: "memcached",
  cases: {
    async "values, counters, a server that is away"(bed) {
      const { Client } = bed.load("memjs");
      const client = Client.create(`${bed.host}:${bed.port}`);
      const large = Buffer.alloc(1 << 19, "large value ");
      await client.set(KEY, large, { expires: 60 });
      assert.ok(large.equals((await client.get(KEY)).value));
      for (let i = 1; i <= 200; i++) {
        const { value } = await client.increment(`${KEY}:count`, 1, {
          ...{ initial: 1, expires: 60 },
        });
        assert.equal(value, i);
      }
      client.close();
      const { server, port } = await bed.listen(() => {});
      server.close();
      const away = Client.create(`${bed.host}:${port}`, { retries: 1 });
      await assert.rejects(away.get("memjs"), { code: "ECONNREFUSED" });
      away.close();
    },
  },
};
