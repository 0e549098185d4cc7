/**
 * The core that all contestants of a scenario share to have their processor
 * time measured. They run on it at the same time, and the scheduler goes from
 * one to the next every few milliseconds: a change of the processor's speed
 * affects all of them alike.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

/**
 * @typedef {object} SharedCore
 * @property {number} core
 *
 * @typedef {object} NoSharedCore
 * @property {string} reason Why there is none, in one line.
 *
 * @typedef {object} System What is asked to find a core.
 * @property {string} platform
 * @property {() => string} readStatus The text of `/proc/self/status`.
 * @property {(command: string, args: string[]) => boolean} succeeds
 */

/** @type {System} */
const SYSTEM = {
  platform: process.platform,
  readStatus: () => readFileSync("/proc/self/status", "utf8"),
  succeeds: (command, args) =>
    spawnSync(command, args, { stdio: "ignore" }).status === 0,
};

/**
 * Reads a list of cores as Linux writes it, `"0-3,8"`.
 *
 * @param {string} list
 */
export function parseCores(list) {
  return list.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/**
 * Chooses the last core that a process may use. The first one often serves the
 * interrupts of devices.
 *
 * @param {string} status The text of its `/proc/<id>/status`.
 * @returns {number | undefined} `undefined` if it names no cores.
 */
export function chooseCore(status) {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1];
  return list ? parseCores(list).at(-1) : undefined;
}

/**
 * Finds a core, and tries whether `taskset` can pin a process to it.
 *
 * @returns {SharedCore | NoSharedCore}
 */
export function findSharedCore(system = SYSTEM) {
  if (system.platform !== "linux") {
    return { reason: "only Linux pins processes to a core by taskset" };
  }
  const core = chooseCore(system.readStatus());
  if (core === undefined) return { reason: "Linux names no cores to use" };
  const { command, args } = pinned(core, "true", []);
  return system.succeeds(command, args)
    ? { core }
    : { reason: "taskset is missing or pins no process to a core" };
}

/**
 * A command that runs another one on one core only.
 *
 * @param {number} core
 * @param {string} command
 * @param {readonly string[]} args
 */
export function pinned(core, command, args) {
  return { command: "taskset", args: ["-c", String(core), command, ...args] };
}
