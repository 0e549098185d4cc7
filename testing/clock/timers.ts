/**
 * `setTimeout` and its like on a network's time, for the program itself.
 *
 * @module
 */
import type { Alarm } from "./queue.ts";
import type { Clock } from "./clock.ts";

/** Longest delay that a timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

type Callback = (...args: never[]) => unknown;

/** Where a timer was set, outside of this file. */
function callSite(stack: string | undefined): string {
  const lines = (stack ?? "").split("\n").filter((line) =>
    /:\d+:\d+/.test(line) && !/clock\/timers\.[jt]s/.test(line)
  );
  return /[^\s(@]+:\d+:\d+/.exec(lines[0] ?? "")?.[0] ?? "an unknown place";
}

/** The stack as it is, as far as it takes to see who set a timer. */
function shortStack(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 6;
  const stack = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

/** What {@linkcode Timers.setTimeout} returns; as Node's `Timeout`. */
export class SimulatedTimer {
  readonly #clock: Clock;
  readonly #pending: Map<number, SimulatedTimer>;
  readonly #id: number;
  readonly #delay: number;
  readonly #repeats: boolean;
  readonly #run: () => unknown;
  readonly #born: Error = shortStack();
  #alarm: Alarm | undefined;
  #referenced = true;

  /** Made by {@linkcode Timers}. */
  constructor(
    clock: Clock,
    pending: Map<number, SimulatedTimer>,
    id: number,
    delay: number,
    repeats: boolean,
    run: () => unknown,
  ) {
    this.#clock = clock;
    this.#pending = pending;
    this.#id = id;
    this.#delay = delay >= 1 && delay <= LONGEST ? Math.trunc(delay) : 1;
    this.#repeats = repeats;
    this.#run = run;
    this.#start();
  }

  #start(): void {
    this.#clock.cancel(this.#alarm);
    this.#pending.set(this.#id, this);
    this.#alarm = this.#clock.after(this.#delay, () => {
      this.#alarm = undefined;
      if (this.#repeats) this.#start();
      else this.#pending.delete(this.#id);
      this.#clock.tell(this.#run);
    }, !this.#referenced);
  }

  /** What it is, and where it was set. */
  describe(): string {
    const kind = this.#repeats ? "an interval" : "a timeout";
    return `${kind} of ${this.#delay} ms, set at ${callSite(this.#born.stack)}`;
  }

  /** Start anew. */
  refresh(): this {
    if (this.#alarm || !this.#repeats) this.#start();
    return this;
  }

  /** Count it among what a program waits for (the default). */
  ref(): this {
    return this.#setReferenced(true);
  }

  /** Do not count it among what a program waits for. */
  unref(): this {
    return this.#setReferenced(false);
  }

  #setReferenced(on: boolean): this {
    this.#referenced = on;
    if (this.#alarm) this.#clock.setBackground(this.#alarm, !on);
    return this;
  }

  /** Whether it counts. */
  hasRef(): boolean {
    return this.#referenced;
  }

  /** As `clearTimeout`. */
  close(): this {
    this.#clock.cancel(this.#alarm);
    this.#alarm = undefined;
    this.#pending.delete(this.#id);
    return this;
  }

  /** The number that `clearTimeout` takes, too. */
  [Symbol.toPrimitive](): number {
    return this.#id;
  }

  /** As `clearTimeout`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The global functions that {@linkcode Timers.install} replaces. */
const REPLACED = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
] as const;

/** `setTimeout` and its like on the time of a network. */
export class Timers {
  readonly #clock: Clock;
  readonly #pending = new Map<number, SimulatedTimer>();
  // Not to be taken for the number of a real timer.
  #lastId = 2 ** 32;

  /** Made by {@linkcode createNetwork}. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Timers that have not gone off, as words; those without a reference not. */
  pending(): string[] {
    return [...this.#pending.values()].filter((timer) => timer.hasRef())
      .map((timer) => timer.describe());
  }

  #make(
    repeats: boolean,
    callback: Callback,
    delay: unknown,
    args: unknown[],
  ): SimulatedTimer {
    if (typeof callback !== "function") {
      throw new TypeError("a timer needs a function to call");
    }
    return new SimulatedTimer(
      this.#clock,
      this.#pending,
      ++this.#lastId,
      Number(delay ?? 1),
      repeats,
      () => callback(...args as never[]),
    );
  }

  /**
   * Call a function once this many milliseconds of the network's time have
   * passed.
   *
   * @example
   * ```ts
   * import { createNetwork } from "@isonet/net/testing";
   *
   * const network = createNetwork();
   * network.timers.setTimeout(() => console.log(network.now), 60_000); // 60000
   * await network.advance(60_000);
   * ```
   */
  readonly setTimeout = (
    callback: Callback,
    delay?: number,
    ...args: unknown[]
  ): SimulatedTimer => this.#make(false, callback, delay, args);

  /** As {@linkcode Timers.setTimeout}, again and again. */
  readonly setInterval = (
    callback: Callback,
    delay?: number,
    ...args: unknown[]
  ): SimulatedTimer => this.#make(true, callback, delay, args);

  /** Stop a timer: what `setTimeout` returned, or its number. */
  readonly clearTimeout = (timer: unknown): void => {
    if (timer !== undefined) this.#own(timer)?.close();
  };

  /** As {@linkcode Timers.clearTimeout}. */
  readonly clearInterval = (timer: unknown): void => {
    this.#own(timer)?.close();
  };

  #own(timer: unknown): SimulatedTimer | undefined {
    if (timer instanceof SimulatedTimer) return timer;
    return this.#pending.get(Number(timer));
  }

  /**
   * Put these functions in the place of the global ones, for code that takes
   * them from there.
   *
   * @param target Whose functions to replace. Default `globalThis`.
   * @returns Puts the others back when it is called or disposed.
   *
   * @example
   * ```ts
   * import { createNetwork } from "@isonet/net/testing";
   *
   * const network = createNetwork();
   * const restore = network.timers.install();
   * await network.run(() => new Promise((done) => setTimeout(done, 60_000)));
   * restore();
   * ```
   */
  install(target: object = globalThis): (() => void) & Disposable {
    const place = target as Record<string, unknown>;
    const former = REPLACED.map((name) => [name, place[name]] as const);
    for (const [name, old] of former) {
      place[name] = name.startsWith("clear")
        ? (timer: unknown) => {
          const own = this.#own(timer);
          if (own) own.close();
          else (old as ((timer: unknown) => void) | undefined)?.(timer);
        }
        : this[name];
    }
    const restore = () => {
      for (const [name, old] of former) place[name] = old;
    };
    return Object.assign(restore, { [Symbol.dispose]: restore });
  }
}
