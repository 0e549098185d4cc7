/**
 * `ioredis`, unmodified, in a network that breaks.
 *
 * @module
 */
import { test } from "node:test";
import { exploreRedis } from "./redis.ts";
import { SEEDS } from "./seeds.ts";
import { hasOwnTimers } from "../helpers/runtime.ts";

test("ioredis: every answer is right, whatever the network does", {
  skip: hasOwnTimers,
}, async () => {
  await exploreRedis(SEEDS);
});
