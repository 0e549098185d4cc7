/**
 * Records every scenario on Node's own `net`:
 *
 *     node tests/golden/record.ts [--any-node] [topic or part of a name ...]
 *
 * Each is played twenty times and written only if all twenty logs are equal.
 * Exits with 1 if one was not.
 *
 * @module
 */
import * as net from "node:net";
import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { difference, play, type Scenario } from "./scenario.ts";
import { topics } from "./scenarios/mod.ts";
import type { Logs } from "./trace.ts";
import { readRecording, type Recording, recordingFile } from "./traces.ts";

const TIMES = 20;
const REFERENCE = 26;

/**
 * Plays a scenario twenty times. Returns its logs, or why they are not stable.
 */
async function record(scenario: Scenario): Promise<Logs | string> {
  const first = await play(scenario, net);
  if (first["outcome"] !== undefined) {
    return [...first["outcome"], JSON.stringify(first, null, 2)].join("\n");
  }
  for (let time = 2; time <= TIMES; time++) {
    const different = difference(first, await play(scenario, net));
    if (different !== undefined) return `run ${time} differs:\n${different}`;
  }
  return first;
}

const { values, positionals } = parseArgs({
  options: { "any-node": { type: "boolean" } },
  allowPositionals: true,
});
const major = Number(process.versions.node.split(".")[0]);
if (major !== REFERENCE && !values["any-node"]) {
  console.error(
    `The reference is Node ${REFERENCE}, this is ${process.version}; ` +
      "--any-node records all the same.",
  );
  process.exit(2);
}

let refused = 0;
let recorded = 0;
for (const [topic, scenarios] of Object.entries(topics)) {
  const wanted = scenarios.filter(({ name }) =>
    positionals.length === 0 ||
    positionals.some((word) => topic === word || name.includes(word))
  );
  if (wanted.length === 0) continue;
  const old = existsSync(recordingFile(topic))
    ? readRecording(topic).scenarios
    : {};
  const recording: Recording = { node: process.versions.node, scenarios: {} };
  for (const scenario of scenarios) {
    const { name } = scenario;
    if (name in recording.scenarios) throw new Error(`two scenarios: ${name}`);
    if (!wanted.includes(scenario)) {
      if (old[name] !== undefined) recording.scenarios[name] = old[name];
      continue;
    }
    const result = await record(scenario);
    if (typeof result === "string") {
      refused++;
      console.log(`refused: ${topic}: ${name}\n${result}\n`);
    } else {
      recorded++;
      recording.scenarios[name] = result;
    }
  }
  writeFileSync(
    recordingFile(topic),
    `${JSON.stringify(recording, null, 2)}\n`,
  );
}
console.log(`${recorded} recorded, ${refused} refused`);
process.exitCode = refused === 0 ? 0 : 1;
