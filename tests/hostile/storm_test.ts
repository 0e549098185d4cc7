/**
 * Connections that break off at every stage, by both ends, with listeners that
 * throw: each socket closes once and says nothing after that, every callback
 * comes once, no byte is lost or doubled, and nothing stays.
 *
 * `ISONET_HOSTILE=20000` sets the number of connections over each transport,
 * `ISONET_SEED` what is repeated.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runFixture } from "../helpers/spawn.ts";
import { transports } from "../helpers/transports.ts";
import { isLong, SEED, STORM_CONNECTIONS } from "./random.ts";

/** A program of its own: a test runner would take each exception for a failure. */
async function storm(name: string): Promise<void> {
  const { stdout, stderr, code, timedOut } = await runFixture("hostile/storm", {
    args: [name, String(STORM_CONNECTIONS), String(SEED)],
    timeout: isLong ? 3_600_000 : 100_000,
  });
  const again = `ISONET_SEED=${SEED} npm test -- tests/hostile/storm_test.ts`;
  assert.ok(stdout, `code ${code}, ${timedOut}, ${stderr}\nagain: ${again}`);
  const { problems, figures } = JSON.parse(stdout);
  assert.equal(problems.length, 0, `${problems.join("\n")}\nagain: ${again}`);
  assert.equal(stderr, "");
  const { accepted, thrown, bytes } = figures;
  assert.ok(accepted && thrown && bytes, `${stdout}\nagain: ${again}`);
  if (isLong) console.log(JSON.stringify({ name, seed: SEED, ...figures }));
}

for (const { name } of transports) {
  test(`a storm of connections leaves nothing behind [${name}]`, () =>
    storm(name));
}
