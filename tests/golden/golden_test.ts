/**
 * Plays each scenario through this package and compares it with the trace that
 * `tests/golden/record.ts` recorded on Node's own `net`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { difference, play, triesOf } from "./scenario.ts";
import { topics } from "./scenarios/mod.ts";
import type { Net } from "./trace.ts";
import { readRecording } from "./traces.ts";

for (const [topic, scenarios] of Object.entries(topics)) {
  const recording = readRecording(topic);
  for (const scenario of scenarios) {
    test(`golden trace, ${topic}: ${scenario.name}`, async () => {
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
