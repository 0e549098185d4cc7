/**
 * Asks a silent peer whether it is still there.
 *
 * @module
 */
import type { KeepAliveProbes } from "../../runtime/adapter.ts";
import type { Alarm } from "../clock/queue.ts";
import type { Clock } from "../clock/clock.ts";

/** Linux's: two hours of silence, then nine probes, 75 seconds apart. */
const SYSTEM = { delay: 7200, interval: 75, count: 9 };
/** What libuv sets with a delay and nothing else. */
const WITH_DELAY: KeepAliveProbes = { interval: 1, count: 10 };

/** The keep-alive of one end (RFC 1122, 4.2.3.6). */
export class KeepAlive {
  readonly #clock: Clock;
  readonly #probe: () => void;
  readonly #giveUp: () => void;
  #alarm: Alarm | undefined;
  #delay = 0;
  #probes: KeepAliveProbes = SYSTEM;
  #heard = 0;
  #unanswered = 0;

  constructor(clock: Clock, probe: () => void, giveUp: () => void) {
    this.#clock = clock;
    this.#probe = probe;
    this.#giveUp = giveUp;
  }

  /** Turn it on or off; the delay is in seconds, 0 for the system's. */
  set(on: boolean, delay: number, probes?: KeepAliveProbes): void {
    this.stop();
    if (!on) return;
    this.#delay = (delay || SYSTEM.delay) * 1000;
    this.#probes = probes ?? (delay ? WITH_DELAY : SYSTEM);
    this.heard();
    this.#wait();
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heard = this.#clock.now;
    this.#unanswered = 0;
  }

  /** Turn it off. */
  stop(): void {
    this.#clock.cancel(this.#alarm);
    this.#alarm = undefined;
  }

  #wait(): void {
    const silence = this.#delay + this.#unanswered * this.#interval;
    const due = this.#heard + silence;
    this.#alarm = this.#clock.at(due, () => this.#due(), true);
  }

  get #interval(): number {
    return this.#probes.interval * 1000;
  }

  #due(): void {
    this.#alarm = undefined;
    const silent = this.#clock.now - this.#heard;
    if (silent < this.#delay) return this.#wait();
    if (this.#unanswered >= this.#probes.count) return this.#giveUp();
    this.#unanswered++;
    this.#probe();
    this.#wait();
  }
}
