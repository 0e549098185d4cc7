/**
 * Counts the timers of the package that are on.
 *
 * Import this before anything of the package, which takes its timers from
 * `node:timers` when it is loaded. What tests start by the globals is not
 * counted, and the runtime would not do: it lists only timers that keep the
 * process alive, Bun not even these.
 *
 * @module
 */
import timers from "node:timers";

type Callback = (...args: unknown[]) => void;
type Timer = NodeJS.Timeout;

const { setTimeout, clearTimeout } = timers;

let started = 0;
let active = 0;

/** By timer, how to count it as off. The timers must stay collectable. */
const stops = new WeakMap<object, () => void>();

function countedSetTimeout(
  callback: Callback,
  delay?: number,
  ...args: unknown[]
): Timer {
  let isOn = false;
  const start = () => {
    if (isOn) return;
    isOn = true;
    active++;
  };
  const stop = () => {
    if (!isOn) return;
    isOn = false;
    active--;
  };
  const timer = setTimeout(() => {
    stop();
    callback(...args);
  }, delay);
  const refresh = timer.refresh.bind(timer);
  timer.refresh = () => {
    start();
    return refresh();
  };
  stops.set(timer, stop);
  started++;
  start();
  return timer;
}

function countedClearTimeout(timer?: Timer | string | number): void {
  if (typeof timer === "object") stops.get(timer)?.();
  clearTimeout(timer);
}

Object.assign(timers, {
  setTimeout: countedSetTimeout,
  clearTimeout: countedClearTimeout,
});

/** Timers that were started, and have neither fired nor been cleared. */
export function activeTimers(): number {
  return active;
}

/** Timers that were ever started. With none, the package was loaded before. */
export function startedTimers(): number {
  return started;
}
