/**
 * Plays each scenario through this package and compares it with the trace that
 * `tests/golden/record.ts` recorded on Node's own `net`.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import {
  endsOfBadDescriptor,
  guessesErrors,
  mayTakeAnyWrite,
  noFiles,
} from "../helpers/runtime.ts";
import {
  noBacklog,
  noDualStack,
  noLoopbackNetwork,
  noSecondTransport,
} from "../helpers/transports.ts";
import { difference, play, type Scenario, triesOf } from "./scenario.ts";
import { topics } from "./scenarios/mod.ts";
import type { Logs, Net } from "./trace.ts";
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

/** Scenarios that some systems do not have, and why not. */
const NEEDS: Readonly<Record<string, string | false>> = {
  "a path nobody listens at: ECONNREFUSED": noFiles,
  "a path that is a file: ENOTSOCK or ECONNREFUSED": noFiles ||
    guessesErrors,
  "a path through a file: ENOTDIR": noFiles || guessesErrors,
  "a path that is a file: EADDRINUSE": noFiles,
  "a folder that is not there: EACCES or ENOENT": noFiles,
  "a path too long": noFiles,
  "address() with no host": noDualStack,
  "the call forms of listen()": noBacklog || noDualStack,
  "a descriptor that is none": endsOfBadDescriptor,
  "a reset with a write under way": mayTakeAnyWrite,
  "write() after the peer's FIN, in the next turn (tcp)": mayTakeAnyWrite,
  "a full buffer: false, then 'drain' (tcp)": mayTakeAnyWrite,
  "two full buffers drain once (tcp)": mayTakeAnyWrite,
  "destroy() with a write under way (tcp)": mayTakeAnyWrite,
  "end() with a write under way (tcp)": mayTakeAnyWrite,
  "write() to a TCP peer that is gone is reset": process.platform !== "linux" &&
    "EPIPE is what Linux reports",
};

test("golden traces: each reason is that of a scenario", () => {
  const names = Object.values(topics).flat().map(({ name }) => name);
  for (const name of [...NEEDS_SECOND, ...Object.keys(NEEDS)]) {
    assert.ok(names.includes(name), name);
  }
});

/** Another address of the loopback network than its first, in a trace. */
const OTHER_LOOPBACK = /\b127\.0\.0\.[2-9]\b/;

/** Why a scenario has another trace on this system or runtime, or `false`. */
function reasonToSkip(
  { name, transport }: Scenario,
  expected: Logs | undefined,
): string | false {
  if (transport === "unix" && process.platform === "win32") {
    return "the trace is of a Unix domain socket";
  }
  if (NEEDS_SECOND.has(name) && noSecondTransport) return noSecondTransport;
  if (OTHER_LOOPBACK.test(JSON.stringify(expected)) && noLoopbackNetwork) {
    return noLoopbackNetwork;
  }
  return NEEDS[name] ?? false;
}

/** A trace as Node has it on this system: it asks Windows for no `hints`. */
function onThisSystem(logs: Logs): Logs {
  if (process.platform !== "win32") return logs;
  return Object.fromEntries(
    Object.entries(logs).map(([name, lines]) => [
      name,
      lines.map((line) => line.replace("hints: ADDRCONFIG", "hints: 0")),
    ]),
  );
}

for (const [topic, scenarios] of Object.entries(topics)) {
  const recording = readRecording(topic);
  for (const scenario of scenarios) {
    const recorded = recording.scenarios[scenario.name];
    const skip = reasonToSkip(scenario, recorded);
    test(`golden trace, ${topic}: ${scenario.name}`, { skip }, async () => {
      assert.ok(recorded, "not recorded: run tests/golden/record.ts");
      const expected = onThisSystem(recorded);
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
