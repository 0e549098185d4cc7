/**
 * One case of a scenario, in a process of its own, which has to end by itself
 * once the case is done.
 *
 *     worker.mjs <scenario> <case> <isonet|own> [port of the service]
 *
 * @module
 */
import ownNet from "node:net";
import process from "node:process";
import { createBed } from "./bed.mjs";
import { dropIn } from "./drop_in.mjs";
import { findScenario } from "./scenarios/all.mjs";

const [name = "", title = "", contestant = "", port = "0"] = process.argv
  .slice(2);
const scenario = findScenario(name);
const run = scenario?.cases[title];
if (!scenario || !run) throw new Error(`no case "${title}" of ${name}`);

/** @param {string} file What the build made; the type check comes before it. */
const built = (file) =>
  import(new URL(`../../dist/${file}`, import.meta.url).href);
const { cert, key } = await built("tests/runtime/certificate.js");

const isonet = contestant === "isonet";
const net = isonet ? (await built("mod.js")).default : ownNet;
if (isonet && scenario.way === "drop-in") dropIn(net);

await run(createBed({
  net: /** @type {typeof ownNet} */ (/** @type {unknown} */ (net)),
  ...{ key, cert },
  port: Number(port),
}));
console.log("passed");
