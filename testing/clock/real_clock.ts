/**
 * Time that passes by itself.
 *
 * @module
 */
import {
  clearImmediate,
  clearTimeout,
  setImmediate,
  setTimeout,
} from "node:timers";
import { Clock } from "./clock.ts";

const timer = { set: setTimeout, clear: clearTimeout };
const turn = { set: setImmediate, clear: clearImmediate };

/** Time that passes by itself. */
export class RealClock extends Clock {
  readonly #start = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  /** What the timer waits for. */
  #waitsFor = Infinity;

  get now(): number {
    return Math.round((performance.now() - this.#start) * 1000) / 1000;
  }

  /** Wait for the next alarm; in a turn of its own, if it is due. */
  protected rescheduled(): void {
    const time = this.queue.first?.time ?? Infinity;
    if (time === this.#waitsFor) {
      this.#reference();
      return;
    }
    this.#waitsFor = time;
    timer.clear(this.#timer);
    if (this.#turn) turn.clear(this.#turn);
    this.#timer = this.#turn = undefined;
    if (time === Infinity) return;
    const delay = time - this.now;
    if (delay <= 0) this.#turn = turn.set(() => this.#due());
    else this.#timer = timer.set(() => this.#due(), Math.ceil(delay));
    this.#reference();
  }

  /** What nobody waits for keeps no process alive. */
  #reference(): void {
    if (this.queue.foreground > 0) this.#timer?.ref();
    else this.#timer?.unref();
  }

  #due(): void {
    this.#waitsFor = Infinity;
    this.#timer = this.#turn = undefined;
    const first = this.queue.first;
    try {
      if (first && first.time <= this.now) this.step();
    } finally {
      this.rescheduled();
    }
  }
}
