/**
 * One round of one contestant, in a process of its own. Prints the measurement
 * as JSON. Exits with an error if anything is wrong.
 *
 *     worker.ts <scenario> <contestant> <scale>
 *
 * @module
 */
import process from "node:process";
import type { ContestantName } from "./contestants/contestant.ts";
import { scenarios } from "./scenarios/all.ts";

const [name, contestant, scale] = process.argv.slice(2);
const scenario = scenarios.find((scenario) => scenario.name === name);
if (!scenario) throw new Error(`no scenario ${name}`);

const measurement = await scenario.run(
  contestant as ContestantName,
  Number(scale),
);
console.log(JSON.stringify(measurement));
process.exit(0);
