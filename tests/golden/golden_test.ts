/**
 * Plays each scenario through this package and compares it with the trace that
 * `tests/golden/record.ts` recorded on Node's own `net`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { noSecondTransport } from "../helpers/transports.ts";
import { difference, play, triesOf } from "./scenario.ts";
import { topics } from "./scenarios/mod.ts";
import type { Net } from "./trace.ts";
import { readRecording } from "./traces.ts";

/** Scenarios about what goes through the second transport of Deno. */
const NEEDS_SECOND: ReadonlySet<string> = new Set([
  "ECONNREFUSED from a local address",
  "a local address that is not ours: EADDRNOTAVAIL",
  "a local address of the other family: EINVAL",
  "a local port that is taken: EADDRINUSE",
  "connect from a local address",
  "a descriptor that is none",
]);

for (const [topic, scenarios] of Object.entries(topics)) {
  const recording = readRecording(topic);
  for (const scenario of scenarios) {
    const skip = NEEDS_SECOND.has(scenario.name) && noSecondTransport;
    test(`golden trace, ${topic}: ${scenario.name}`, { skip }, async () => {
      const expected = recording.scenarios[scenario.name];
      assert.ok(expected, "not recorded: run tests/golden/record.ts");
      let report: string | undefined;
      for (let tries = triesOf(topic); tries > 0; tries--) {
        report = difference(
          expected,
          await play(scenario, net as unknown as Net),
        );
        if (report === undefined) break;
      }
      assert.ok(report === undefined, `differs from Node's trace\n${report}`);
    });
  }
}
