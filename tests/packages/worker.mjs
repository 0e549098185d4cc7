/**
 * One case of a scenario, in a process of its own, which has to end by itself
 * once the case is done. It runs in the project that `install.mjs` makes. What
 * `net` is here and in the packages is decided by the flags of the runtime.
 *
 *     worker.mjs <scenario> <case> <isonet|own> <place>
 *
 * @module
 */
import assert from "node:assert/strict";
import net from "node:net";
import process from "node:process";
import { createBed } from "./bed.mjs";
import { findScenario } from "./scenarios/all.mjs";
import { watchSockets } from "./watch.mjs";

const [name = "", title = "", contestant = "", place = ""] = process.argv
  .slice(2);
const run = findScenario(name)?.cases[title];
if (!run) throw new Error(`no case "${title}" of ${name}`);

const isonet = contestant === "isonet";
const made = watchSockets(net);
if (isonet) {
  const ours = "isonet";
  assert.equal(net, (await import(ours)).default, "net is not replaced");
}
await run(createBed({ net, ...JSON.parse(place) }));
if (isonet) {
  const { sockets, servers } = made;
  assert.notEqual(sockets + servers, 0, "no socket was of this package");
}
console.log("passed");
