/**
 * How many seeds the explorations of our own tests try:
 *
 *     ISONET_SEEDS=1000 npm test -- tests/testing
 *
 * @module
 */
import process from "node:process";

/** Fifty, more with `CI=true`, or what the environment says. */
export const SEEDS: number = Number(
  process.env.ISONET_SEEDS ?? (process.env.CI ? 100 : 50),
);
