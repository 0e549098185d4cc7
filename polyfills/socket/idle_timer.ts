/**
 * The idle timer behind `socket.setTimeout`.
 *
 * @module
 */
import { clearTimeout, setTimeout } from "node:timers";
import process from "node:process";
import { outOfRange } from "../node/errors.ts";
import { validateNumber } from "../node/validators.ts";

/** Longest delay a timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Check a delay as Node's timers do.
 *
 * @returns Milliseconds, shortened to 2^31-1 with a process warning.
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is no number.
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

/** One timer, armed again rather than made again; never keeps a process up. */
export class IdleTimer {
  readonly #expired: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param expired Called when nothing happened for the delay. */
  constructor(expired: () => void) {
    this.#expired = expired;
  }

  /** Start anew with this delay in milliseconds; 0 turns the timer off. */
  set(delay: number): void {
    this.clear();
    if (delay > 0) this.#timer = setTimeout(this.#expired, delay).unref();
  }

  /** Something happened: count from now. */
  refresh(): void {
    this.#timer?.refresh();
  }

  /** Turn the timer off. */
  clear(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
