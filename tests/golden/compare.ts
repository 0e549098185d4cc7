/**
 * Plays the scenarios and shows what differs from the recorded traces:
 *
 *     node tests/golden/compare.ts [--own] [--brief] [topic or part of a name ...]
 *
 * It uses this package; with `--own` it uses the runtime's own `node:net`,
 * which shows how much that differs from Node. It runs on every runtime.
 *
 * @module
 */
import * as own from "node:net";
import process from "node:process";
import { parseArgs } from "node:util";
import { difference, play } from "./scenario.ts";
import { topics } from "./scenarios/mod.ts";
import type { Net } from "./trace.ts";
import { readRecording } from "./traces.ts";

const { values, positionals } = parseArgs({
  options: { own: { type: "boolean" }, brief: { type: "boolean" } },
  allowPositionals: true,
});
// The package is loaded only if it is compared.
const net: Net = values.own
  ? own
  : await import("../../mod.ts") as unknown as Net;

let equal = 0;
let different = 0;
for (const [topic, scenarios] of Object.entries(topics)) {
  const recording = readRecording(topic);
  for (const scenario of scenarios) {
    const { name } = scenario;
    if (
      positionals.length > 0 &&
      !positionals.some((word) => topic === word || name.includes(word))
    ) continue;
    const expected = recording.scenarios[name];
    const report = expected === undefined
      ? "not recorded"
      : difference(expected, await play(scenario, net));
    if (report === undefined) equal++;
    else {
      different++;
      console.log(`${topic}: ${name}${values.brief ? "" : `\n${report}\n`}`);
    }
  }
}
console.log(`${equal} equal, ${different} different`);
process.exit(different === 0 ? 0 : 1);
