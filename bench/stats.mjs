/**
 * Medians, quartiles and ratios.
 *
 * @module
 */

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} q1 A quarter of the values is below.
 * @property {number} q3 A quarter of the values is above.
 *
 * @typedef {"isonet" | "builtin" | "raw" | "bare"} ContestantName
 *
 * @typedef {object} Result One scenario on one runtime.
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {"higher" | "lower"} better
 * @property {number} scale
 * @property {string} version Of this package.
 * @property {string} runtime Name and version.
 * @property {Partial<Record<ContestantName, (number | null)[]>>} rounds
 *   The values, round by round; `null` where the round failed.
 * @property {"shared core" | "turns"} [cpuMethod] Where `cpu` was measured;
 *   in the turns if left out.
 * @property {Partial<Record<ContestantName, (number | null)[]>>} cpu
 *   Processor seconds of the same rounds.
 * @property {Partial<Record<"builtin" | "raw" | "bareToBuiltin", Spread>>}
 *   [ratios] Of this package to `node:net` and to raw; of the bare stream to
 *   `node:net`.
 */

/**
 * @param {readonly number[]} sorted
 * @param {number} part From 0 to 1.
 */
function quantile(sorted, part) {
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at % 1);
}

/**
 * @param {readonly (number | null)[] | undefined} values
 * @returns {Spread | undefined} `undefined` if there are no values.
 */
export function spread(values) {
  const sorted = (values ?? []).filter((value) => value !== null)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return {
    median: quantile(sorted, 0.5),
    q1: quantile(sorted, 0.25),
    q3: quantile(sorted, 0.75),
  };
}

/**
 * Whether ratios make sense. Those of differences do not, since a difference
 * may be near zero.
 *
 * @param {Result} result
 */
export function isComparable({ unit }) {
  return !unit.startsWith("B/");
}

/**
 * The ratio of two contestants, round by round: whatever slowed the machine
 * down during a round slowed both.
 *
 * @param {Result} result
 * @param {ContestantName} over
 * @param {ContestantName} under
 * @param {"rounds" | "cpu"} [of]
 */
export function ratio(result, over, under, of = "rounds") {
  const bases = result[of][under] ?? [];
  const values = result[of][over] ?? [];
  return spread(
    values.map((value, i) => {
      const base = bases[i];
      return value === null || !base ? null : value / base;
    }),
  );
}
