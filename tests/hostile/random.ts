/**
 * The numbers that a hostile run is made of: how many connections, and a
 * sequence that a seed repeats.
 *
 *     ISONET_HOSTILE=20000 npm test -- tests/hostile
 *     ISONET_SEED=1234 npm test -- tests/hostile
 *
 * @module
 */
import process from "node:process";
import { Random as Numbers } from "../../testing/clock/random.ts";

/** Connections of one storm, unless the environment says how many. */
const USUAL_CONNECTIONS = process.env.CI ? 1000 : 200;

/** Connections of one storm. */
export const STORM_CONNECTIONS: number = Number(
  process.env.ISONET_HOSTILE ?? USUAL_CONNECTIONS,
);

/** Whether this is the long form. */
export const isLong: boolean = process.env.ISONET_HOSTILE !== undefined;

/** What all choices of a run follow from. */
export const SEED: number = Number(
  process.env.ISONET_SEED ?? Math.floor(Math.random() * 2 ** 32),
);

/** Choices that are the same for the same seed. */
export class Random extends Numbers {
  constructor(...seeds: number[]) {
    super(
      seeds.reduce(
        (state, seed) => Math.imul(state ^ seed, 0x9e3779b1) + 0x7f4a7c15,
        0,
      ),
    );
  }

  /** A whole number: at least 0, less than `limit`. */
  below(limit: number): number {
    return this.integer(0, limit - 1);
  }

  /** `true` once in `times` on average. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }
}
