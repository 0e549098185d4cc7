/**
 * The files of `bench/results/`: one a runtime, with versions and machine.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join } from "node:path";
import { ROOT } from "../scripts/runtimes.mjs";
import { isComparable, ratio } from "./stats.mjs";

/**
 * @typedef {import("./stats.mjs").Result} Result
 *
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memory In GiB.
 * @property {string} system
 *
 * @typedef {object} Size
 * @property {number} bytes
 * @property {number} gzip
 *
 * @typedef {object} Results
 * @property {string} runtime Name and version.
 * @property {Machine} machine
 * @property {Size} [minified] Of this package.
 * @property {Result[]} scenarios
 */

/** @returns {Machine} */
export function machine() {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "",
    cores: all.length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
  };
}

/** The version of this package. */
export function packageVersion() {
  const text = readFileSync(join(ROOT, "package.json"), "utf8");
  return String(JSON.parse(text).version);
}

/**
 * @param {string} file
 * @returns {Results | undefined}
 */
export function readResults(file) {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * Write results; those of scenarios that were not run this time stay.
 *
 * @param {string} folder
 * @param {string} name
 * @param {Results} results
 * @param {readonly string[]} order All names of scenarios.
 */
export function writeResults(folder, name, results, order) {
  const file = join(folder, `${name}.json`);
  const fresh = new Set(results.scenarios.map((each) => each.name));
  const before = readResults(file);
  const kept =
    before?.scenarios.filter((each) =>
      !fresh.has(each.name) && order.includes(each.name)
    ) ?? [];
  const scenarios = [...kept, ...results.scenarios]
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map((result) =>
      isComparable(result)
        ? {
          ...result,
          ratios: {
            builtin: ratio(result, "isonet", "builtin"),
            raw: ratio(result, "isonet", "raw"),
            bareToBuiltin: ratio(result, "bare", "builtin"),
          },
        }
        : result
    );
  const all = {
    ...results,
    minified: results.minified ?? before?.minified,
    scenarios,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(rounded(all), null, 2)}\n`);
}

/**
 * Five digits are more than a benchmark knows.
 *
 * @param {unknown} value
 */
function rounded(value) {
  return JSON.parse(JSON.stringify(
    value,
    (_, inner) =>
      typeof inner === "number" && !Number.isInteger(inner)
        ? Number(inner.toPrecision(5))
        : inner,
  ));
}
