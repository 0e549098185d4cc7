/**
 * Timers and ticks as they were when this package was loaded.
 *
 * Test tools replace them on the globals, on `node:timers` and on `process`.
 * Sockets must go on then, as Node's own do, whose timers and immediates no
 * tool can reach: https://github.com/vitest-dev/vitest/issues/8302
 *
 * They are constants because an import by name from `node:timers` changes with
 * `syncBuiltinESMExports()`.
 *
 * @module
 */
import type nodeTimers from "node:timers";
import type { AdapterTimers } from "./adapter.ts";
import { builtin, process } from "./builtins.ts";

const timers: typeof nodeTimers = builtin("node:timers");

const timeout: typeof nodeTimers.setTimeout = timers.setTimeout;
const clear: typeof nodeTimers.clearTimeout = timers.clearTimeout;
const immediate: typeof nodeTimers.setImmediate = timers.setImmediate;
const tick: typeof process.nextTick = process.nextTick;
const microtask: typeof queueMicrotask = queueMicrotask;

/**
 * Call in this turn of the event loop, but after the ticks that are queued, and
 * the promise jobs and ticks that these queue. Node runs them between two calls
 * of its native code.
 */
export function afterTicks<Args extends unknown[]>(
  call: (...args: Args) => void,
  ...args: Args
): void {
  tick(() => microtask(() => tick(call, ...args)));
}

export {
  clear as clearTimeout,
  immediate as setImmediate,
  microtask as queueMicrotask,
  tick as nextTick,
  timeout as setTimeout,
};

/**
 * For sockets whose backend brings no timers of its own.
 *
 * A timer must not be refreshed in its own callback: Deno up to 2.9 cannot
 * clear it any more then, and it fires for good. Up to 2.9.0 that goes for a
 * timer whose callback threw, too. Not reported.
 */
export const systemTimers: AdapterTimers = {
  setTimeout: timeout,
  clearTimeout: clear as AdapterTimers["clearTimeout"],
};
