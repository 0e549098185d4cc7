/**
 * The recorded traces of Node's own `net`, reproduced on a simulated host: all
 * but those that are about a file system or a kernel.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNetwork } from "../../testing/mod.ts";
import { difference, play, triesOf } from "../golden/scenario.ts";
import { topics } from "../golden/scenarios/mod.ts";
import type { Net } from "../golden/trace.ts";
import { readRecording } from "../golden/traces.ts";

const NO_FILES = "a path is a name here, and no file";
const NO_LIMIT = "a path has any length here";

/** Scenarios with another trace in a simulated network, and why. */
const OTHER: Readonly<Record<string, string>> = {
  "a path nobody listens at: ECONNREFUSED": NO_FILES,
  "a path that is a file: ENOTSOCK or ECONNREFUSED": NO_FILES,
  "a path through a file: ENOTDIR": NO_FILES,
  "a folder that is not there: EACCES or ENOENT": NO_FILES,
  "a path that is a file: EADDRINUSE": NO_FILES,
  "a path too long": NO_LIMIT,
  "a descriptor that is none": "there are no descriptors of the system",
  "write() to a peer that is gone (unix)":
    "a path is a connection within the host, whose peer answers with a RST",
};

for (const [topic, scenarios] of Object.entries(topics)) {
  test(`simulated golden traces: ${topic}`, async () => {
    const recording = readRecording(topic);
    for (const scenario of scenarios) {
      if (scenario.name in OTHER) continue;
      const expected = recording.scenarios[scenario.name]!;
      let report: string | undefined;
      for (let tries = triesOf(topic); tries > 0; tries--) {
        const network = createNetwork({ seed: 1, clock: "real" });
        const net = network.host("here").net as unknown as Net;
        report = difference(expected, await play(scenario, net));
        if (report === undefined) {
          assert.deepEqual(network.open(), [], scenario.name);
          break;
        }
      }
      assert.ok(report === undefined, `${scenario.name}\n${report}`);
    }
  });
}

test("simulated golden traces: each exception is a scenario", () => {
  const names = Object.values(topics).flat().map(({ name }) => name);
  for (const name of Object.keys(OTHER)) assert.ok(names.includes(name), name);
});
