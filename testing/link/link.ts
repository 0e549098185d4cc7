/**
 * What is between two hosts, or between a host and itself.
 *
 * @module
 */
import type { Clock } from "../clock/clock.ts";
import type { Random } from "../clock/random.ts";
import { LinkAttempt } from "./attempt.ts";
import { checkSettings, type LinkSettings, LOCAL, REMOTE } from "./settings.ts";

/** A connection over a link, which the link can break. */
export interface Breakable {
  /** Both ends see a RST. */
  breakOff(): void;
}

/** When a packet arrives, and whether. */
export interface Passage {
  /** Time of its arrival. */
  readonly arrives: number;
  /** Whether it is lost on the way. */
  readonly lost: boolean;
}

/** Decides about an attempt to connect. */
export type ConnectListener = (attempt: LinkAttempt) => void;

/**
 * The way between two hosts; what is set here holds for both directions.
 *
 * @example A slow line, cut for a while
 * ```ts
 * import { createNetwork } from "@isonet/net/testing";
 *
 * const network = createNetwork({ seed: 1 });
 * const [a, b] = [network.host("a"), network.host("b")];
 * network.link(a, b).set({ latency: 100, jitter: 30, bandwidth: 10_000 });
 * network.partition(a, b);
 * await network.advance(1000);
 * network.heal(a, b);
 * ```
 */
export class Link {
  /** The names of its two hosts. */
  readonly hosts: readonly [string, string];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #note: (what: string) => void;
  readonly #listeners = new Set<ConnectListener>();
  readonly #connections = new Set<Breakable>();
  /** Until when each direction is busy, by the sender's name. */
  readonly #busyUntil = new Map<string, number>();
  #settings: LinkSettings;
  #attempts = 0;
  #isCut = false;

  /** Made by the network. */
  constructor(
    hosts: readonly [string, string],
    clock: Clock,
    random: Random,
    note: (what: string) => void,
  ) {
    this.hosts = hosts;
    this.#clock = clock;
    this.#random = random;
    this.#note = note;
    this.#settings = { ...hosts[0] === hosts[1] ? LOCAL : REMOTE };
  }

  /** How it is set. */
  get settings(): Readonly<LinkSettings> {
    return this.#settings;
  }

  /**
   * Change how it carries things; what is left out stays.
   *
   * @throws {RangeError} For what no link can have.
   */
  set(settings: Partial<LinkSettings>): this {
    checkSettings(settings);
    this.#settings = { ...this.#settings, ...settings };
    return this;
  }

  /** Whether it lets nothing pass. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /**
   * Let nothing pass, or everything again; `network.partition` uses it.
   *
   * @internal
   */
  setCut(cut: boolean): void {
    if (cut === this.#isCut) return;
    this.#isCut = cut;
    this.#note(cut ? "partition" : "heal");
  }

  /** Break every connection over it: both ends see a RST. */
  reset(): void {
    this.#note("reset of every connection");
    for (const connection of [...this.#connections]) connection.breakOff();
  }

  /**
   * Decide about each attempt to connect over this link.
   *
   * @param listener Called before the attempt leaves; see
   * {@linkcode LinkAttempt}.
   *
   * @example The first attempt is refused
   * ```ts
   * import { createNetwork } from "@isonet/net/testing";
   *
   * const network = createNetwork();
   * const [app, db] = [network.host("app"), network.host("db")];
   * network.link(app, db).on("connect", (attempt) => {
   *   if (attempt.number === 1) attempt.refuse();
   * });
   * ```
   */
  on(_event: "connect", listener: ConnectListener): this {
    this.#listeners.add(listener);
    return this;
  }

  /** Take a listener back. */
  off(_event: "connect", listener: ConnectListener): this {
    this.#listeners.delete(listener);
    return this;
  }

  /**
   * Somebody connects: ask the listeners.
   *
   * @internal
   */
  announce(from: string, port: number | string): LinkAttempt {
    const [one, other] = this.hosts;
    const to = from === one ? other : one;
    const attempt = new LinkAttempt(from, to, port, ++this.#attempts);
    for (const listener of this.#listeners) listener(attempt);
    return attempt;
  }

  /**
   * A connection goes over it from now on.
   *
   * @internal
   */
  add(connection: Breakable): void {
    this.#connections.add(connection);
  }

  /**
   * A connection is over.
   *
   * @internal
   */
  remove(connection: Breakable): void {
    this.#connections.delete(connection);
  }

  /**
   * How many bytes the next packet has room for.
   *
   * @internal
   */
  segmentSize(): number {
    const [least, most] = this.#settings.fragment;
    return least === most ? least : this.#random.integer(least, most);
  }

  /** Milliseconds to the other side and back, at most, when nothing else goes. */
  get roundTrip(): number {
    return 2 * (this.#settings.latency + this.#settings.jitter);
  }

  /**
   * A packet leaves.
   *
   * @internal
   * @param notBefore The packet before it arrives at this time.
   */
  carry(from: string, size: number, notBefore: number): Passage {
    const { latency, jitter, bandwidth, loss } = this.#settings;
    const { now } = this.#clock;
    const begins = Math.max(now, this.#busyUntil.get(from) ?? 0);
    const leaves = begins + size / bandwidth * 1000;
    this.#busyUntil.set(from, leaves);
    const chance = jitter > 0 ? this.#random.next() * jitter : 0;
    return {
      arrives: Math.max(leaves + latency + chance, notBefore),
      lost: this.#isCut || (loss > 0 && this.#random.next() < loss),
    };
  }
}
