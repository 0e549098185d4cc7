/**
 * The side-by-side tables of `docs/compatibility.md`.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/runtimes.mjs";

/**
 * @typedef {object} Row
 * @property {string} label Name and version of the runtime.
 * @property {number} total
 * @property {number} [ours] Tests that pass with this package.
 * @property {number} [own] Tests that pass with the runtime's own `net`.
 */

/**
 * The marks around the table of a set.
 *
 * @type {Record<import("./suite.mjs").SetName, string>}
 */
const MARKS = { net: "conformance", neighbours: "conformance of neighbours" };

/**
 * Write the table of a set between its two marks.
 *
 * @param {import("./suite.mjs").SetName} set
 * @param {Row[]} rows
 */
export function writeTable(set, rows) {
  const begin = `<!-- ${MARKS[set]}: begin -->`;
  const file = join(ROOT, "docs", "compatibility.md");
  const text = readFileSync(file, "utf8");
  const lines = [
    "| runtime | isonet | its own `node:net` | of |",
    "| --- | --: | --: | --: |",
    ...rows.map(({ label, ours, own, total }) =>
      `| ${label} | ${ours ?? "-"} | ${own ?? "-"} | ${total} |`
    ),
  ];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(`<!-- ${MARKS[set]}: end -->`);
  writeFileSync(
    file,
    `${text.slice(0, from)}\n\n${lines.join("\n")}\n\n${text.slice(to)}`,
  );
}
