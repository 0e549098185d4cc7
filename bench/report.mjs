/**
 * What the benchmark prints about one runtime.
 *
 * @module
 */
import { bold, dim, green, log, table, yellow } from "../scripts/terminal.mjs";
import { isComparable, ratio, spread } from "./stats.mjs";

/**
 * @typedef {import("./stats.mjs").Result} Result
 * @typedef {import("./stats.mjs").Spread} Spread
 * @typedef {import("./results.mjs").Results} Results
 */

/** @param {number} value */
function short(value) {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}

/**
 * @param {Spread | undefined} spread
 * @param {"higher" | "lower"} [better] Which ratios are colored as good.
 */
function ratioCell(spread, better) {
  if (!spread) return "";
  const { median, q1, q3 } = spread;
  const text = median.toFixed(2);
  const quartiles = dim(`${q1.toFixed(2)}–${q3.toFixed(2)}`);
  if (!better) return `${text} ${quartiles}`;
  const isGood = better === "higher" ? median >= 1 : median <= 1;
  return `${isGood ? green(text) : yellow(text)} ${quartiles}`;
}

/** @param {Result} result */
function row(result) {
  const { rounds, better, unit, title } = result;
  const comparable = isComparable(result);
  const values = /** @type {const} */ (["isonet", "builtin", "raw", "bare"])
    .map((name) => {
      const median = spread(rounds[name])?.median;
      return median === undefined ? "" : short(median);
    });
  return [
    `${title}${better === "lower" ? " ↓" : ""}`,
    unit,
    ...values,
    comparable ? ratioCell(ratio(result, "isonet", "builtin"), better) : "",
    comparable ? ratioCell(ratio(result, "isonet", "raw"), better) : "",
    comparable ? ratioCell(ratio(result, "bare", "builtin")) : "",
    ratioCell(ratio(result, "isonet", "builtin", "cpu"), "lower"),
  ];
}

/**
 * How much more a message costs with the most connections than with the fewest.
 *
 * @param {readonly Result[]} results
 */
function growth(results) {
  const costs = results.filter(({ name }) => name.startsWith("message-cost"));
  const [first, last] = [costs[0], costs.at(-1)];
  if (!first || !last || first === last) return;
  const parts = /** @type {const} */ (["isonet", "builtin", "raw"])
    .map((name) => {
      const low = spread(first.rounds[name])?.median;
      const high = spread(last.rounds[name])?.median;
      return low && high ? `${name} ${(high / low).toFixed(2)}` : "";
    }).filter(Boolean);
  if (parts.length === 0) return; // Without the turns, there are no rates.
  log(`  growth of a message's cost: ${parts.join(", ")}`);
}

/** @param {Results} results */
export function report({ runtime, minified, scenarios }) {
  log(`\n${bold(runtime)}  ${dim("medians; ratios with their quartiles")}`);
  table([
    [
      ...["", "unit", "isonet", "node:net", "raw", "bare"],
      ...["to node:net", "to raw", "bare to node:net", "cpu"],
    ],
    ...scenarios.map(row),
  ]);
  growth(scenarios);
  if (minified) {
    log(`  minified: ${minified.bytes} bytes, ${minified.gzip} gzipped`);
  }
}
