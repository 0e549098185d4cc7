/**
 * The idle timer behind `socket.setTimeout`.
 *
 * @module
 */
import { process } from "../../runtime/builtins.ts";
import type { AdapterTimer, AdapterTimers } from "../../runtime/adapter.ts";
import { outOfRange } from "../node/errors.ts";
import { systemTimers } from "../../runtime/timers.ts";
import { validateNumber } from "../node/validators.ts";

/** Longest delay of a timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Check a delay as Node's timers do.
 *
 * @returns Milliseconds, at most 2^31-1: a longer delay is shortened, with a
 * process warning.
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not a number.
 * @throws {RangeError} `ERR_OUT_OF_RANGE` if it is negative or not finite.
 */
export function validateDelay(delay: unknown, name: string): number {
  validateNumber(delay, name);
  if (delay < 0 || !Number.isFinite(delay)) {
    throw outOfRange(name, "a non-negative finite number", delay);
  }
  if (delay > LONGEST) {
    process.emitWarning(
      `${delay} does not fit into a 32-bit signed integer.` +
        `\nTimer duration was truncated to ${LONGEST}.`,
      "TimeoutOverflowWarning",
    );
    return LONGEST;
  }
  return delay;
}

/**
 * A timer that traffic starts anew. It does not keep the process alive.
 *
 * One that is off is kept, and runs on for nobody: HTTP servers turn it off and
 * on again for each request, and to make a timer costs much more.
 */
export class IdleTimer {
  readonly #expired: () => void;
  readonly #timers: AdapterTimers;
  #timer: AdapterTimer | undefined;
  #delay = 0;
  #isOn = false;
  /** Whether the timer fires now, or its callback threw. */
  #isSpent = false;

  /**
   * @param expired Called when nothing has happened for the delay.
   * @param timers A backend's own; default the system's.
   */
  constructor(expired: () => void, timers: AdapterTimers = systemTimers) {
    this.#expired = expired;
    this.#timers = timers;
  }

  /** The timer itself, while it is on. */
  get timer(): AdapterTimer | undefined {
    return this.#isOn ? this.#timer : undefined;
  }

  /** Turn it on, or start anew, with this delay in milliseconds. */
  set(delay: number): void {
    this.#isOn = true;
    // A spent timer must not be refreshed, see `systemTimers`.
    if (this.#timer !== undefined && delay === this.#delay && !this.#isSpent) {
      this.#timer.refresh();
      return;
    }
    this.#timers.clearTimeout(this.#timer);
    this.#delay = delay;
    this.#isSpent = false;
    this.#timer = this.#timers.setTimeout(this.#expire, delay);
    this.#timer.unref();
  }

  readonly #expire = (): void => {
    this.#isSpent = true;
    if (this.#isOn) this.#expired();
    else this.#timer = undefined;
    this.#isSpent = false;
  };

  /** Something happened: count from now. */
  refresh(): void {
    if (this.#isOn) this.set(this.#delay);
  }

  /** Turn it off, until it is set again. */
  stop(): void {
    this.#isOn = false;
  }

  /** Turn it off for good. */
  clear(): void {
    this.#isOn = false;
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
