/**
 * One case of a scenario, in a process of its own, which has to end by itself
 * once the case is done. It runs in the project that `install.mjs` makes. What
 * `net` is here and in the packages is decided by the flags of the runtime.
 *
 *     worker.mjs <scenario> <case> <register|register/all|option|own> <place>
 *
 * @module
 */
import assert from "node:assert/strict";
import nodeNet from "node:net";
import process from "node:process";
import { createBed } from "./bed.mjs";
import { findScenario } from "./scenarios/all.mjs";
import { watchSockets } from "./watch.mjs";

const [name = "", title = "", way = "", place = ""] = process.argv.slice(2);
const run = findScenario(name)?.cases[title];
if (!run) throw new Error(`no case "${title}" of ${name}`);

/** By a name that is not resolved before there is a package. */
const packageName = "isonet";
const ours = way === "own" ? nodeNet : (await import(packageName)).default;
const net = way === "option" ? ours : nodeNet;
assert.equal(net, ours, "net is not replaced");
const made = watchSockets(net);
const bed = createBed({ net, ...JSON.parse(place) });
await run(bed);
if (way !== "own") {
  const { sockets, servers } = made;
  const carried = sockets.some((socket) =>
    socket.bytesRead + socket.bytesWritten > 0
  );
  // A package that only looks for a free port moves no bytes.
  const listened = servers.some((server) => !bed.servers.has(server));
  assert.ok(carried || listened, "no bytes went through this package");
}
console.log("passed");
