/**
 * `mqtt` and `aedes`, unmodified, in a network that breaks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ExploreError } from "../../testing/mod.ts";
import { exploreMqtt, type Trust } from "./mqtt.ts";
import { SEEDS } from "./seeds.ts";
import { hasOwnTimers } from "../helpers/runtime.ts";

test("mqtt: no message of QoS 1 is lost, whatever the network does", {
  skip: hasOwnTimers,
}, async () => {
  await exploreMqtt(SEEDS);
});

/** What the packages do wrong is found; once they do not, here is less to do. */
async function find(trust: Trust, what: RegExp): Promise<void> {
  const error = await exploreMqtt(200, trust).then(
    () => assert.fail("it can be relied on now"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ExploreError);
  assert.match(error.message, what);
}

test(
  "mqtt: a subscription that is not there is found",
  { skip: hasOwnTimers },
  async () => {
    await find({ subscribe: true }, /acknowledged, and lost/);
  },
);

test("mqtt: a second delivery without the DUP flag is found", {
  skip: hasOwnTimers,
}, async () => {
  await find({ dup: true }, /again, without the DUP flag/);
});
