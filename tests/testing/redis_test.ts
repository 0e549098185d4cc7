/**
 * `ioredis`, unmodified, in a network that breaks.
 *
 * @module
 */
import { test } from "node:test";
import { exploreRedis } from "./redis.ts";
import { SEEDS } from "./seeds.ts";

test("ioredis: every answer is right, whatever the network does", async () => {
  await exploreRedis(SEEDS);
});
