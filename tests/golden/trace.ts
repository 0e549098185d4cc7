/**
 * The recorder. A scenario acts on sockets and servers through it, and it
 * writes down every event. Each actor has a log of its own: the order of events
 * at one end is fixed, but the two ends of a connection interleave freely.
 *
 * @module
 */
import type { EventEmitter } from "node:events";
import type {
  Server,
  ServerOpts,
  Socket,
  SocketConstructorOpts,
} from "node:net";
import { setImmediate } from "node:timers";
import { setTimeout as delay } from "node:timers/promises";
import {
  describe,
  describeData,
  Masks,
  serverState,
  socketState,
} from "./describe.ts";
import { uniquePath } from "../helpers/temp_folder.ts";

/** Node's `net`, or what stands in its place. */
export type Net = typeof import("node:net");

/** Where a server of the scenario listens, as options of `connect`. */
export type Where =
  | { port: number; host: string }
  | { path: string };

/** The log of each actor, by the actor's name. */
export type Logs = Record<string, string[]>;

const SOCKET_EVENTS = [
  "lookup",
  "connectionAttempt",
  "connectionAttemptFailed",
  "connectionAttemptTimeout",
  "connect",
  "ready",
  "end",
  "timeout",
  "drain",
  "error",
  "finish",
  "pipe",
  "unpipe",
  "close",
] as const;

const SERVER_EVENTS = ["listening", "connection", "drop", "error", "close"];

/** Waits until everything that is under way in this process has arrived. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/**
 * The log of one actor. The scenario acts through it, so everything the actor
 * does is logged.
 */
export class Log<T extends EventEmitter = EventEmitter> {
  /** The socket or server this log is about. */
  readonly target: T;
  readonly #lines: string[];
  readonly #masks: Masks;
  readonly #state: () => string;
  readonly #seen = new Map<string, number>();
  readonly #handlers = new Map<string, (() => void)[]>();
  #data: Uint8Array | string | undefined;
  #received = 0;

  constructor(target: T, lines: string[], masks: Masks, state: () => string) {
    this.target = target;
    this.#lines = lines;
    this.#masks = masks;
    this.#state = state;
  }

  /** Logs each of these events as it comes. */
  watch(events: readonly string[]): void {
    for (const event of events) {
      this.target.on(event, (...args: unknown[]) => {
        this.#write([event, ...args.map((arg) => this.#word(arg))].join(" "));
        this.#happened(event);
      });
    }
  }

  /**
   * Logs `'data'`. The system decides where one chunk ends and the next begins,
   * so chunks that follow each other are logged as one.
   */
  watchData(): void {
    this.target.on("data", (chunk: Uint8Array | string) => {
      this.received(chunk);
      this.#happened("data");
    });
  }

  /** Logs a chunk that did not come by `'data'`. */
  received(chunk: Uint8Array | string, way = "data"): void {
    this.#received += chunk.length;
    const whole = this.#data === undefined ? chunk : joined(this.#data, chunk);
    if (this.#data !== undefined) this.#lines.pop();
    this.#write(`${way} ${describeData(whole)}`);
    this.#data = whole;
    this.#happened("bytes");
  }

  /**
   * Calls a method of the target. Logs the arguments, the outcome and the state
   * after it.
   */
  call(method: string, ...args: unknown[]): unknown {
    const words = args.map((arg) => this.#word(arg)).join(", ");
    return this.run(`${method}(${words})`, () => {
      const member: unknown = Reflect.get(this.target, method);
      if (typeof member !== "function") throw new Error(`no ${method}()`);
      return Reflect.apply(member, this.target, args);
    });
  }

  /** Does something. Logs its outcome and the state after it. */
  run(label: string, action: () => unknown): unknown {
    // Events that the action emits are logged below the line of the action.
    this.#write(`> ${label}`, false);
    try {
      const result = action();
      this.#write(`< ${this.#word(result)}`);
      return result;
    } catch (error) {
      this.#write(`< throws ${this.#word(error)}`);
      return undefined;
    }
  }

  /** A callback that logs its arguments. */
  callback(label: string): (...args: unknown[]) => void {
    return (...args) => {
      this.#write(
        [`callback ${label}`, ...args.map((arg) => this.#word(arg))].join(" "),
      );
      this.#happened(`callback ${label}`);
    };
  }

  /** Logs a remark, with values. */
  note(label: string, ...values: unknown[]): void {
    this.#write(
      [`# ${label}`, ...values.map((value) => this.#word(value))].join(" "),
      false,
    );
  }

  /** Logs the current state. */
  look(label: string): void {
    this.#write(`# ${label}`);
  }

  /**
   * Does something in the handler of each `event`, after the event is logged.
   */
  on(event: string, action: () => void): void {
    const actions = this.#handlers.get(event) ?? [];
    actions.push(action);
    this.#handlers.set(event, actions);
  }

  /**
   * Waits until `event` has come `times` times, and until what it started is
   * done.
   */
  async until(event: string, times = 1): Promise<void> {
    while ((this.#seen.get(event) ?? 0) < times) {
      await new Promise<void>((resolve) => this.on(event, resolve));
    }
    await settle();
  }

  /** Waits until that much data has come. */
  async untilReceived(length: number): Promise<void> {
    while (this.#received < length) {
      await new Promise<void>((resolve) => this.on("bytes", resolve));
    }
    await settle();
  }

  /** Waits for a state that no event announces. */
  async untilTrue(condition: (target: T) => boolean): Promise<void> {
    while (!condition(this.target)) await delay(1, undefined, { ref: false });
    await settle();
  }

  #happened(event: string): void {
    this.#seen.set(event, (this.#seen.get(event) ?? 0) + 1);
    for (const action of [...this.#handlers.get(event) ?? []]) action();
  }

  #word(value: unknown): string {
    return value === this.target ? "this" : describe(value, this.#masks);
  }

  #write(line: string, withState = true): void {
    this.#data = undefined;
    this.#lines.push(withState ? `${line} ${this.#state()}` : line);
  }
}

function joined(
  a: Uint8Array | string,
  b: Uint8Array | string,
): Uint8Array | string {
  if (typeof a === "string" || typeof b === "string") return `${a}${b}`;
  return Buffer.concat([a, b]);
}

/** What a socket's log contains besides the events that every socket has. */
export interface WatchOptions {
  /**
   * Whether to attach a `'data'` listener, which makes the socket flow. Default
   * true.
   */
  data?: boolean;
  /** Whether to show the byte counts with each state. Default true. */
  counts?: boolean;
  /** Further events. */
  events?: string[];
}

/** How {@linkcode Trace.pair} creates its two ends. */
export interface PairOptions {
  server?: ServerOpts;
  client?: SocketConstructorOpts & { timeout?: number };
  watchClient?: WatchOptions;
  watchPeer?: WatchOptions;
}

/** Two connected ends, and the server that accepted one of them. */
export interface Pair {
  client: Log<Socket>;
  peer: Log<Socket>;
  server: Server;
  where: Where;
}

/** One run of one scenario: its logs, and what to clean up afterwards. */
export class Trace {
  /** What was recorded. */
  readonly logs: Logs = {};
  /** Names for what differs from run to run. */
  readonly masks: Masks = new Masks();
  readonly #net: Net;
  readonly #transport: "tcp" | "unix";
  readonly #tracked = new Set<Socket | Server>();
  #paths = 0;

  constructor(net: Net, transport: "tcp" | "unix") {
    this.#net = net;
    this.#transport = transport;
  }

  /** Keeps a log of a socket. */
  socket(
    name: string,
    socket: Socket,
    options: WatchOptions = {},
  ): Log<Socket> {
    const log = this.#log(
      name,
      this.track(socket),
      () => socketState(socket, options.counts !== false),
    );
    log.watch([...SOCKET_EVENTS, ...options.events ?? []]);
    if (options.data !== false) log.watchData();
    return log;
  }

  /** Keeps a log of a server. */
  server(name: string, server: Server): Log<Server> {
    const log = this.#log(name, this.track(server), () => serverState(server));
    server.on("listening", () => this.#maskPort(server));
    log.watch(SERVER_EVENTS);
    return log;
  }

  /**
   * Leaves an actor out of the comparison, because the system decides what its
   * log contains.
   */
  forget(name: string): void {
    delete this.logs[name];
  }

  /**
   * Cleans this up when the scenario is over, however it ended. Errors of a
   * target without a log are ignored.
   */
  track<T extends Socket | Server>(target: T): T {
    if (this.#tracked.has(target)) return target;
    this.#tracked.add(target);
    target.on("error", () => {});
    if (target instanceof this.#net.Server) {
      target.on("connection", (socket: Socket) => this.track(socket));
    }
    return target;
  }

  /** A path where nothing exists. */
  path(): string {
    const path = uniquePath();
    const count = ++this.#paths;
    this.masks.path(path, count === 1 ? "<path>" : `<path ${count}>`);
    return path;
  }

  /** Where a server of this scenario can listen. */
  free(): Where {
    return this.#transport === "unix"
      ? { path: this.path() }
      : { port: 0, host: "127.0.0.1" };
  }

  /** Makes a server listen. Returns where to connect to. */
  async listen(server: Server, where: Where = this.free()): Promise<Where> {
    this.track(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(where, () => {
        server.removeListener("error", reject);
        resolve();
      });
    });
    this.#maskPort(server);
    const address = server.address();
    return typeof address === "object" && address !== null && "port" in where
      ? { port: address.port, host: where.host }
      : where;
  }

  /** A TCP address where nobody listens, now or later. */
  async refusing(): Promise<{ port: number; host: string }> {
    // The port is bound on one loopback address, so the system gives it to
    // nobody on this one.
    const holder = this.#net.createServer();
    const where = await this.listen(holder, { port: 0, host: "127.0.0.1" });
    if (!("port" in where)) throw new Error("not a TCP address");
    return { port: where.port, host: "127.0.0.2" };
  }

  /** A client and a server's socket, connected and idle, each with a log. */
  async pair(options: PairOptions = {}): Promise<Pair> {
    const server = this.#net.createServer(options.server);
    const where = await this.listen(server);
    const accepted = new Promise<Socket>((resolve) => {
      server.once(
        "connection",
        (socket: Socket) => resolve(this.track(socket)),
      );
    });
    const socket = this.track(
      this.#net.connect({ ...where, ...options.client }),
    );
    const connected = new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.removeListener("error", reject);
        resolve();
      });
    });
    const [other] = await Promise.all([accepted, connected]);
    await settle();
    return {
      client: this.socket("client", socket, options.watchClient),
      peer: this.socket("peer", other, options.watchPeer),
      server,
      where,
    };
  }

  /** Frees everything that is left, without logging it. */
  async clear(): Promise<void> {
    for (const target of this.#tracked) {
      target.removeAllListeners();
      target.on("error", () => {});
      if (!(target instanceof this.#net.Server)) target.destroy();
      else if (target.listening) target.close();
    }
    await settle();
  }

  #log<T extends EventEmitter>(
    name: string,
    target: T,
    state: () => string,
  ): Log<T> {
    const lines = this.logs[name] ??= [];
    return new Log(target, lines, this.masks, state);
  }

  #maskPort(server: Server): void {
    const address = server.address();
    if (typeof address === "object" && address !== null) {
      this.masks.port(address.port, "<port>");
    }
  }
}
