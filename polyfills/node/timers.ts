/**
 * Timers and ticks as they were when this package was loaded.
 *
 * Test tools replace them on the globals, on `process` and on `node:timers`
 * (Jest and Sinon all of them, Vitest the globals). Sockets must go on then, as
 * Node's do, whose own timers and immediates no tool can reach:
 * https://github.com/vitest-dev/vitest/issues/8302
 *
 * Constants, since an `import` by name follows `syncBuiltinESMExports()`.
 *
 * @module
 */
import process from "node:process";
import timers from "node:timers";

/** As Node's, from `node:timers`. */
export const setImmediate: typeof timers.setImmediate = timers.setImmediate;

/** As Node's, from `node:timers`. */
export const setTimeout: typeof timers.setTimeout = timers.setTimeout;

/** As Node's, from `node:timers`. */
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;

/** As `process.nextTick`. */
export const nextTick: typeof process.nextTick = process.nextTick;
