/**
 * The time of a network, and what is due in it. One thing happens at a time:
 * whatever the program does about it is over before the next.
 *
 * @module
 */
import { setImmediate } from "../../runtime/timers.ts";
import { type Alarm, AlarmQueue } from "./queue.ts";

/** Turns of the event loop that a program gets to answer what happened. */
const TURNS_TO_ANSWER = 2;

/** Let ticks, promise jobs and immediates run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    let turns = 0;
    const turn = () => {
      if (++turns > TURNS_TO_ANSWER) resolve();
      else setImmediate(turn);
    };
    turn();
  });
}

/** Whole microseconds: what is printed is all there is. */
function rounded(time: number): number {
  return Math.round(time * 1000) / 1000;
}

/** Time, and what is due. {@linkcode VirtualClock} and `RealClock` move it. */
export abstract class Clock {
  /** What is due. */
  protected readonly queue: AlarmQueue = new AlarmQueue();
  #lastOrder = 0;
  #touched = false;
  /** What the program has thrown. */
  readonly #thrown: unknown[] = [];

  /** Milliseconds since the network was made. */
  abstract readonly now: number;

  /** Called whenever another alarm may be the next. */
  protected abstract rescheduled(): void;

  /** Let something happen at a time that has not passed. */
  at(time: number, action: () => void, background = false): Alarm {
    const alarm: Alarm = {
      time: Math.max(rounded(time), this.now),
      order: ++this.#lastOrder,
      action,
      background,
      place: -1,
    };
    this.queue.add(alarm);
    this.rescheduled();
    return alarm;
  }

  /** Let something happen after this many milliseconds. */
  after(delay: number, action: () => void, background = false): Alarm {
    return this.at(this.now + delay, action, background);
  }

  /** Let something happen next, in a turn of its own. */
  soon(action: () => void): Alarm {
    return this.at(this.now, action);
  }

  /** Let it not happen. */
  cancel(alarm: Alarm | undefined): void {
    if (!alarm || alarm.place < 0) return;
    this.queue.remove(alarm);
    this.rescheduled();
  }

  /** Say whether somebody waits for it. */
  setBackground(alarm: Alarm, background: boolean): void {
    this.queue.setBackground(alarm, background);
    this.rescheduled();
  }

  /**
   * Call the program, which then gets time to answer. What it throws is thrown
   * once everything that happens now has happened.
   */
  tell<T>(call: () => T): T | undefined {
    this.#touched = true;
    try {
      return call();
    } catch (error) {
      this.#thrown.push(error);
    }
  }

  /** Let the next alarm go off; gives whether it called the program. */
  protected step(): boolean {
    const alarm = this.queue.first!;
    this.queue.remove(alarm);
    this.#touched = false;
    alarm.action();
    const errors = this.#thrown.splice(0);
    if (errors.length > 0) throw errors[0];
    return this.#touched;
  }
}
