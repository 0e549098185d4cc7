/**
 * The tables of `docs/compatibility.md`.
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
 * @property {number} [both] Tests that pass with neither.
 */

/**
 * The marks around the table of a set.
 *
 * @type {Record<import("./suite.mjs").SetName, string>}
 */
const MARKS = { net: "conformance", neighbours: "conformance of neighbours" };

/**
 * The columns of a set beside the runtime. Of the neighbours, what fails with
 * the runtime's own `net` as well says nothing about this package.
 *
 * @type {Record<import("./suite.mjs").SetName, {
 *   title: string;
 *   value: (row: Row) => number | undefined;
 * }[]>}
 */
const COLUMNS = {
  net: [
    { title: "isonet", value: ({ ours }) => ours },
    { title: "its own `node:net`", value: ({ own }) => own },
    { title: "of", value: ({ total }) => total },
  ],
  neighbours: [
    { title: "pass", value: ({ ours }) => ours },
    {
      title: "fail with isonet alone",
      value: ({ ours = 0, both = 0, total }) => total - ours - both,
    },
    {
      title: "fail with its own `node:net`, too",
      value: ({ both = 0 }) => both,
    },
    { title: "of", value: ({ total }) => total },
  ],
};

/**
 * Write the table of a set between its two marks.
 *
 * @param {import("./suite.mjs").SetName} set
 * @param {Row[]} rows
 */
export function writeTable(set, rows) {
  const columns = COLUMNS[set];
  const begin = `<!-- ${MARKS[set]}: begin -->`;
  const file = join(ROOT, "docs", "compatibility.md");
  const text = readFileSync(file, "utf8");
  const lines = [
    `| runtime | ${columns.map(({ title }) => title).join(" | ")} |`,
    `| --- |${" --: |".repeat(columns.length)}`,
    ...rows.map((row) => {
      const cells = columns.map(({ value }) => value(row) ?? "-");
      return `| ${row.label} | ${cells.join(" | ")} |`;
    }),
  ];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(`<!-- ${MARKS[set]}: end -->`);
  writeFileSync(
    file,
    `${text.slice(0, from)}\n\n${lines.join("\n")}\n\n${text.slice(to)}`,
  );
}
