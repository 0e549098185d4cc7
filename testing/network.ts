/**
 * A simulated network.
 *
 * @module
 */
import type { Clock } from "./clock/clock.ts";
import { Random } from "./clock/random.ts";
import { RealClock } from "./clock/real_clock.ts";
import { Timers } from "./clock/timers.ts";
import { VirtualClock } from "./clock/virtual_clock.ts";
import { Host } from "./host/host.ts";
import { Machine } from "./host/machine.ts";
import { HangError } from "./hang.ts";
import { Link } from "./link/link.ts";
import { Faults, type HandleOwner } from "./tcp/faults.ts";
import type { Wire } from "./tcp/wire.ts";
import { Trace } from "./trace/trace.ts";

/** Options of {@linkcode createNetwork}. */
export interface NetworkOptions {
  /**
   * What all chance comes from: the same seed, the same run. A whole number.
   * Default: another one each time, see {@linkcode Network.seed}.
   */
  seed?: number | undefined;
  /**
   * `"virtual"`: time passes when {@linkcode Network.advance} or
   * {@linkcode Network.run} lets it (the default). `"real"`: by itself.
   */
  clock?: "virtual" | "real" | undefined;
}

/** Options of {@linkcode Network.host}. */
export interface HostOptions {
  /**
   * Its numeric addresses, IPv4 and IPv6, in the order in which its name
   * resolves to them. Default: one IPv4 address, `10.0.0.1` and so on.
   */
  addresses?: readonly string[] | undefined;
  /** How many descriptors can be open. Default 1,048,576. */
  descriptors?: number | undefined;
}

/** Options of {@linkcode Network.run}. */
export interface RunOptions {
  /** Virtual milliseconds after which it counts as hanging. Default a day. */
  limit?: number | undefined;
  /**
   * Real milliseconds to wait for a program that leaves the network nothing to
   * do, since it may be reading a file. Default 100.
   */
  patience?: number | undefined;
}

/** How another fake clock follows a network's, see {@linkcode Network.follow}. */
export interface FollowOptions {
  /** The longest step in milliseconds. Default 1. */
  step?: number | undefined;
}

const DAY = 86_400_000;
const DESCRIPTORS = 1_048_576;

/** Somebody who has a fault in mind for a connection. */
export type ConnectionHook = (wire: Wire, number: number) => void;

/**
 * A network in memory. Make one with {@linkcode createNetwork}.
 *
 * @example See {@linkcode createNetwork}
 */
export class Network {
  /** What all chance in it comes from. */
  readonly seed: number;
  /** What happened so far. */
  readonly trace: Trace;
  /** `setTimeout` and its like on the time of this network. */
  readonly timers: Timers;
  /** Chance for the program, by the same seed. */
  readonly random: Random;
  readonly #clock: VirtualClock | RealClock;
  readonly #random: Random;
  readonly #hosts = new Map<string, { host: Host; machine: Machine }>();
  readonly #links = new Map<string, Link>();
  readonly #hooks = new Set<ConnectionHook>();
  #connections = 0;

  /** Use {@linkcode createNetwork}. */
  constructor(options: NetworkOptions = {}) {
    const { seed = Math.floor(Math.random() * 2 ** 32), clock } = options;
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`a seed is a whole number, not ${seed}`);
    }
    this.seed = seed;
    this.#random = new Random(seed);
    this.random = this.#random.fork("program");
    this.#clock = clock === "real" ? new RealClock() : new VirtualClock();
    this.trace = new Trace(seed, () => this.#clock.now);
    this.timers = new Timers(this.#clock as Clock);
  }

  /** Milliseconds since it was made, in its own time. */
  get now(): number {
    return this.#clock.now;
  }

  /**
   * A host, made when its name comes up for the first time.
   *
   * @param name Resolves to its addresses, within this network.
   * @param options Count when it is made.
   * @throws {Error} For options of a host that is there, and for an address
   * that another one has.
   */
  host(name: string, options?: HostOptions): Host {
    const known = this.#hosts.get(name.toLowerCase());
    if (known) {
      if (options) throw new Error(`there is a host ${name} already`);
      return known.host;
    }
    const addresses = options?.addresses ?? [this.#freeAddress()];
    for (const address of addresses) {
      const owner = this.#byAddress(address);
      if (owner) throw new Error(`${address} is the host ${owner.name}`);
    }
    const machine = new Machine(
      {
        clock: this.#clock,
        note: (happening) => this.trace.note(happening),
        link: (one, other) => this.link(one, other),
        byAddress: (address) => this.#byAddress(address),
        addressesOf: (host) => this.#hosts.get(host)?.machine.addresses,
        nextConnection: () => ++this.#connections,
        connecting: (wire) => {
          for (const hook of this.#hooks) hook(wire, wire.id);
        },
      },
      name,
      addresses,
      options?.descriptors ?? DESCRIPTORS,
    );
    const host = new Host(machine, this.timers);
    this.#hosts.set(name.toLowerCase(), { host, machine });
    return host;
  }

  #freeAddress(): string {
    const number = this.#hosts.size + 1;
    return `10.0.${number >> 8}.${number & 255}`;
  }

  #byAddress(address: string): Machine | undefined {
    for (const { machine } of this.#hosts.values()) {
      if (machine.addresses.includes(address)) return machine;
    }
    return undefined;
  }

  /** The way between two hosts, or within one. */
  link(one: Host | string, other: Host | string): Link {
    const names = [one, other].map((host) =>
      typeof host === "string" ? this.host(host).name : host.name
    ).sort() as [string, string];
    const key = names.join("\0");
    let link = this.#links.get(key);
    if (!link) {
      const [from, to] = names;
      link = new Link(
        names,
        this.#clock,
        this.#random.fork(`link ${key}`),
        (what) =>
          this.trace.note({ what, from: { host: from }, to: { host: to } }),
      );
      this.#links.set(key, link);
    }
    return link;
  }

  /**
   * Let no packet pass between two hosts: connections stall, attempts and
   * writes time out.
   *
   * @param other Default: every host there is.
   */
  partition(one: Host | string, other?: Host | string): void {
    for (const link of this.#between(one, other)) link.setCut(true);
  }

  /** Let packets pass again; what was lost is sent again by and by. */
  heal(one: Host | string, other?: Host | string): void {
    for (const link of this.#between(one, other)) link.setCut(false);
  }

  #between(one: Host | string, other?: Host | string): Link[] {
    if (other !== undefined) return [this.link(one, other)];
    const name = typeof one === "string" ? one : one.name;
    return [...this.#hosts.values()]
      .filter(({ host }) => host.name !== name)
      .map(({ host }) => this.link(one, host));
  }

  /**
   * Faults of a connection, by one of its sockets. `socket.fault` is the same,
   * where `host.net` made the socket.
   */
  fault(socket: HandleOwner): Faults {
    return new Faults(socket);
  }

  /**
   * Be called for each connection when it is attempted.
   *
   * @internal
   */
  onConnecting(hook: ConnectionHook): () => void {
    this.#hooks.add(hook);
    return () => void this.#hooks.delete(hook);
  }

  /**
   * Have something happen after this many milliseconds.
   *
   * @internal
   */
  after(delay: number, action: () => void): void {
    this.#clock.after(delay, action);
  }

  get #virtual(): VirtualClock {
    if (this.#clock instanceof VirtualClock) return this.#clock;
    throw new Error("this network is on real time, which passes by itself");
  }

  /**
   * Let time pass: everything that is due by then happens, in order. Within
   * {@linkcode Network.run} it waits for that time.
   *
   * @param duration Milliseconds.
   * @returns Resolves once the time has passed. Rejects with what a listener
   * of the program throws meanwhile.
   */
  advance(duration: number): Promise<void> {
    return this.#virtual.advance(duration);
  }

  /**
   * Run a program on the network's time, until it is done and nothing is left
   * to do.
   *
   * @returns Resolves with what it returns.
   * @throws {HangError} Rejects if the program waits for something that does
   * not come; the message says for what.
   *
   * @example
   * ```ts
   * import { createNetwork } from "@isonet/net/testing";
   * import { once } from "node:events";
   *
   * const network = createNetwork({ seed: 1 });
   * const [app, db] = [network.host("app"), network.host("db")];
   * await network.run(async () => {
   *   const server = db.net.createServer((socket) => socket.end("hello"));
   *   server.listen(5432);
   *   const client = app.net.connect(5432, "db");
   *   const [data] = await once(client, "data");
   *   console.log(String(data), "at", network.now, "ms"); // hello at 4 ms
   *   server.close();
   * });
   * ```
   */
  async run<T>(
    program: () => T | Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    const { limit = DAY, patience = 100 } = options;
    const clock = this.#virtual;
    let outcome: { value: T } | { error: unknown } | undefined;
    const begin = () =>
      void (async () => await program())().then(
        (value) => void (outcome = { value }),
        (error) => void (outcome = { error }),
      );
    const isOver = () =>
      outcome !== undefined && ("error" in outcome || clock.isQuiet);
    const until = clock.now + limit;
    if (!await clock.drive({ begin, isOver, until, patience })) {
      throw new HangError(
        this.seed,
        clock.now,
        this.open(),
        outcome !== undefined,
      );
    }
    if ("error" in outcome!) throw outcome.error;
    return outcome!.value;
  }

  /** Everything that programs have open, in words: an empty list is no leak. */
  open(): string[] {
    return [
      ...[...this.#hosts.values()].flatMap(({ machine }) =>
        machine.describeOpen()
      ),
      ...this.timers.pending(),
    ];
  }

  /**
   * Move another fake clock along: before anything happens in the network, it
   * is moved to the same time.
   *
   * @param tick Moves it by this many milliseconds; may return a promise.
   * @returns Call it to end that.
   *
   * @example With the timers of `node:test`
   * ```ts ignore
   * import { mock } from "node:test";
   *
   * mock.timers.enable({ apis: ["setTimeout"] });
   * network.follow((milliseconds) => mock.timers.tick(milliseconds));
   * ```
   */
  follow(
    tick: (milliseconds: number) => unknown,
    options: FollowOptions = {},
  ): () => void {
    const { step = 1 } = options;
    if (!(step > 0)) throw new RangeError(`a step of ${step} ms is none`);
    return this.#virtual.follow({ tick, step });
  }
}

/**
 * Make a network in memory: hosts with addresses of their own, links that are
 * slow or break, time that passes as told, and everything the same way again
 * for the same seed.
 *
 * @example A reply over a slow line that breaks
 * ```ts
 * import { createNetwork } from "@isonet/net/testing";
 *
 * const network = createNetwork({ seed: 42 });
 * const db = network.host("db"), app = network.host("app");
 * db.net.createServer((socket) => {
 *   socket.on("error", () => {}).pipe(socket);
 * }).listen(5432);
 *
 * network.link(app, db).set({ latency: 20, jitter: 5, fragment: [1, 1400] });
 * const client = app.net.connect(5432, "db", () => client.write("hello"));
 * client.on("data", (data) => console.log(String(data)));
 * client.on("error", (error) => console.log(error.message)); // read ECONNRESET
 * await network.advance(1000);
 * network.link(app, db).reset();
 * await network.advance(1000);
 * ```
 */
export function createNetwork(options?: NetworkOptions): Network {
  return new Network(options);
}
