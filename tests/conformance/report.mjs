/**
 * The side-by-side table of `docs/compatibility.md`.
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

const BEGIN = "<!-- conformance: begin -->";
const END = "<!-- conformance: end -->";

/**
 * Write the table between its two marks.
 *
 * @param {Row[]} rows
 */
export function writeTable(rows) {
  const file = join(ROOT, "docs", "compatibility.md");
  const text = readFileSync(file, "utf8");
  const lines = [
    "| runtime | isonet | its own `node:net` | of |",
    "| --- | --: | --: | --: |",
    ...rows.map(({ label, ours, own, total }) =>
      `| ${label} | ${ours ?? "-"} | ${own ?? "-"} | ${total} |`
    ),
  ];
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const to = text.indexOf(END);
  writeFileSync(
    file,
    `${text.slice(0, from)}\n\n${lines.join("\n")}\n\n${text.slice(to)}`,
  );
}
