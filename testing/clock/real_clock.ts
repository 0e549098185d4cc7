/**
 * Time that passes by itself.
 *
 * @module
 */
import {
  clearTimeout,
  setImmediate,
  setTimeout,
} from "../../runtime/timers.ts";
import { Clock } from "./clock.ts";

/** Time that passes by itself. */
export class RealClock extends Clock {
  readonly #start = performance.now();
  #timer: NodeJS.Timeout | undefined;
  /** What the timer, or the turn, waits for. */
  #waitsFor = Infinity;
  /** Changes with each of them: one that is late is for the bin. */
  #generation = 0;

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
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const generation = ++this.#generation;
    if (time === Infinity) return;
    const due = () => {
      if (generation === this.#generation) this.#due();
    };
    const delay = time - this.now;
    if (delay <= 0) setImmediate(due);
    else this.#timer = setTimeout(due, Math.ceil(delay));
    this.#reference();
  }

  /** What nobody waits for keeps no process alive. */
  #reference(): void {
    if (this.queue.foreground > 0) this.#timer?.ref();
    else this.#timer?.unref();
  }

  #due(): void {
    this.#waitsFor = Infinity;
    this.#timer = undefined;
    const first = this.queue.first;
    try {
      if (first && first.time <= this.now) this.step();
    } finally {
      this.rescheduled();
    }
  }
}
