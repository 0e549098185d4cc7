/**
 * Time that passes only when it is told to, and then at once.
 *
 * @module
 */
import { setTimeout } from "../../runtime/timers.ts";
import { Clock, settle } from "./clock.ts";

/** Another fake clock, moved along with a network's. */
export interface Follower {
  /** Move it by this many milliseconds; may be asynchronous. */
  readonly tick: (milliseconds: number) => unknown;
  /** The longest step, in milliseconds. */
  readonly step: number;
}

/** How far {@linkcode VirtualClock.drive} goes. */
export interface Drive {
  /** Called once the clock is this drive's. */
  readonly begin: () => void;
  /** Whether the end is reached; asked before each alarm. */
  readonly isOver: () => boolean;
  /** Where time stops. */
  readonly until: number;
  /** Real milliseconds to wait for a program that has left nothing to do. */
  readonly patience: number;
}

/** Time that passes only when it is told to. */
export class VirtualClock extends Clock {
  #now = 0;
  #until = 0;
  #driving = false;
  readonly #followers = new Set<Follower>();

  get now(): number {
    return this.#now;
  }

  protected rescheduled(): void {}

  /** Move another fake clock along, before anything happens. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** Whether somebody moves the clock now. */
  get driven(): boolean {
    return this.#driving;
  }

  /** Let this many milliseconds pass. */
  async advance(duration: number): Promise<void> {
    const target = this.#now + duration;
    this.#until = Math.max(this.#until, target);
    const reached = new Promise<void>((resolve) => {
      this.at(target, () => this.tell(resolve));
    });
    // Somebody who moves the clock already moves it for this one, too.
    if (this.#driving) return await reached;
    this.#driving = true;
    try {
      await settle();
      for (;;) {
        const next = this.queue.first;
        if (next && next.time <= this.#until) await this.#goTo(next.time);
        else if (this.#now < this.#until) await this.#goTo(this.#until);
        else break;
        if (this.queue.first && this.queue.first.time <= this.#now) {
          if (this.step()) await settle();
        }
      }
    } finally {
      this.#driving = false;
    }
  }

  /**
   * Let time pass until something is over.
   *
   * @returns `true` once it is over, `false` if it cannot be any more.
   */
  async drive({ begin, isOver, until, patience }: Drive): Promise<boolean> {
    if (this.#driving) throw new Error("the network is running already");
    this.#driving = true;
    try {
      begin();
      await settle();
      while (!isOver()) {
        const next = this.queue.first;
        if (!next) {
          if (!await this.#waitFor(patience, isOver)) return isOver();
          continue;
        }
        if (next.time > until) return false;
        if (!await this.#goTo(next.time)) continue;
        if (this.step()) await settle();
      }
      return true;
    } finally {
      this.#driving = false;
      this.#until = this.#now;
    }
  }

  /** Whether nobody waits for anything that is due. */
  get isQuiet(): boolean {
    return this.queue.foreground === 0;
  }

  /** Move to a time; `false` if something is due before it by now. */
  async #goTo(time: number): Promise<boolean> {
    while (this.#now < time) {
      let target = time;
      for (const { step } of this.#followers) {
        target = Math.min(target, this.#now + step);
      }
      const passed = target - this.#now;
      this.#now = target;
      if (this.#followers.size === 0) return true;
      for (const { tick } of this.#followers) await tick(passed);
      await settle();
      if (this.queue.first && this.queue.first.time < time) return false;
    }
    return true;
  }

  /** Real time, for a program that does something outside of the network. */
  async #waitFor(patience: number, isOver: () => boolean): Promise<boolean> {
    const end = performance.now() + patience;
    do {
      await settle();
      if (this.queue.first || isOver()) return true;
      await new Promise<void>((resolve) => void setTimeout(resolve, 1));
    } while (performance.now() < end);
    return this.queue.first !== undefined;
  }
}
