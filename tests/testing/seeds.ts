/**
 * How many seeds the explorations of our own tests try:
 *
 *     ISONET_SEEDS=1000 npm test -- tests/testing
 *
 * @module
 */
import process from "node:process";
import { isDenoBefore } from "../helpers/runtime.ts";

/**
 * Fifty, more with `CI=true`, or what the environment says. Deno before 2.8
 * takes a second and more for each.
 */
export const SEEDS: number = Number(
  process.env.ISONET_SEEDS ??
    (isDenoBefore("2.8.0") ? 5 : process.env.CI ? 100 : 50),
);
