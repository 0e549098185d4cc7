/**
 * One round of a storm: a server and its connections, each end of which does
 * what its script says until all of it is closed.
 *
 * @module
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import * as net from "../../../mod.ts";
import type { Transport } from "../../helpers/transports.ts";
import { Random } from "../random.ts";
import {
  type Act,
  perform,
  script,
  type Stage,
  startTimes,
  THROWN,
} from "./acts.ts";
import { until } from "./wait.ts";
import { type Report, Watch } from "./watch.ts";

/** Connections that are made at the same time. */
const AT_ONCE = 40;
/**
 * How often an act is done at its event. A write at each 'drain' would go on for
 * as long as the connection does, and leave no time to the others.
 */
const REPEATS = 5;

/**
 * An address where nobody listens on the server's port. On macOS only the first
 * IPv4 address of the loopback answers; that of the other family does as well.
 */
function refusingAddress(family: 4 | 6): { address: string; family: number } {
  if (process.platform === "darwin") {
    return family === 6
      ? { address: "127.0.0.1", family: 4 }
      : { address: "::1", family: 6 };
  }
  const address = family === 6 ? "::ffff:127.0.0.2" : "127.0.0.2";
  return { address, family };
}

/** What a round has seen. */
export interface Figures {
  connections: number;
  accepted: number;
  thrown: number;
  bytes: number;
  /** How many errors had each code. */
  codes: Record<string, number>;
}

/** A socket, and what is done to it. */
interface Script {
  readonly watch: Watch;
  readonly stage: Stage;
  /** Begins what waits for no event. */
  start(): void;
}

/** One server, and the sockets that connect to it. */
export class Round {
  readonly #transport: Transport;
  readonly #random: Random;
  /** For the connections, which come in no certain order. */
  readonly #seed: number;
  readonly #report: Report;
  readonly #figures: Figures;
  readonly #clients: Watch[] = [];
  readonly #peers: Watch[] = [];
  /** The clients by their port, to compare both ends of a connection. */
  readonly #byPort = new Map<number, Watch | null>();
  #server!: net.Server;
  #serverClosed = false;

  constructor(
    transport: Transport,
    random: Random,
    report: Report,
    figures: Figures,
  ) {
    this.#transport = transport;
    this.#random = random;
    this.#seed = random.below(2 ** 32);
    this.#report = report;
    this.#figures = figures;
  }

  /**
   * Connect this often, close everything, and check each socket.
   *
   * @param mayCloseEarly Whether the server may close before all have connected.
   * It may close before it has accepted any.
   */
  async run(connections: number, mayCloseEarly: boolean): Promise<void> {
    const server = await this.#listen();
    // A server that closes early refuses those that come later.
    const closeAfter = mayCloseEarly && this.#random.oneIn(2)
      ? connections / 2 + this.#random.below(connections / 2)
      : Infinity;
    let next = 0;
    const runs = Array.from({ length: AT_ONCE }, async () => {
      while (next < connections) {
        if (next === closeAfter) server.close();
        await this.#connection(new Random(this.#seed, 1, next++));
      }
    });
    await Promise.all(runs);
    await this.#finishPeers();
    if (server.listening) server.close();
    // Until then, one more may have been accepted.
    await this.#finishPeers();
    if (!await until(() => this.#serverClosed)) {
      this.#report("the server does not close");
    }
    // Deno before 2.8 runs no ticks between two timers: the callback of a write
    // may be one of them.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    this.#count();
    server.getConnections((_error, count) => {
      if (count !== 0) this.#report(`the server still counts ${count}`);
    });
    for (const watch of [...this.#clients, ...this.#peers]) watch.check();
    for (const peer of this.#peers) {
      const client = this.#byPort.get(peer.socket.remotePort ?? -1);
      if (!client || client.lives > 1) continue;
      client.checkAgainst(peer);
      peer.checkAgainst(client);
    }
  }

  async #listen(): Promise<net.Server> {
    const random = this.#random;
    const server = net.createServer({
      allowHalfOpen: random.oneIn(3),
      pauseOnConnect: random.oneIn(4),
      noDelay: random.oneIn(2),
      keepAlive: random.oneIn(2),
      highWaterMark: random.pick([1, 1000, 65_536]),
    });
    if (random.oneIn(4)) server.maxConnections = AT_ONCE / 2;
    server.on("connection", (socket) => this.#accept(socket));
    server.on("close", () => this.#serverClosed = true);
    server.on("error", (error) => this.#report(`server: ${error.message}`));
    server.listen(this.#transport.listenOptions());
    await new Promise((resolve) => server.once("listening", resolve));
    this.#server = server;
    return server;
  }

  #accept(socket: net.Socket): void {
    this.#figures.accepted++;
    const random = new Random(this.#seed, 2, this.#peers.length);
    const name = `peer ${this.#peers.length}`;
    const { watch, start } = this.#watch(socket, name, random, {
      end: "peer",
      reconnect() {},
    });
    this.#peers.push(watch);
    start();
    void socket.remotePort; // looked up while it can be
    if (random.oneIn(20)) {
      this.#figures.thrown++;
      throw new Error(THROWN);
    }
  }

  #notePort(watch: Watch): void {
    const { localPort } = watch.socket;
    if (localPort === undefined) return;
    // The system gives a port out again: then either may be meant.
    this.#byPort.set(localPort, this.#byPort.has(localPort) ? null : watch);
  }

  /** Watch a socket, and let it follow a script of its own. */
  #watch(
    socket: net.Socket,
    name: string,
    random: Random,
    { end, controller, reconnect }: {
      end: "client" | "peer";
      controller?: AbortController;
      reconnect(): void;
    },
  ): Script {
    const acts: Act[] = script(random, end);
    const stage: Stage = {
      controller,
      isPipe: this.#transport.ipc,
      fail: (place) => {
        watch.did(`throws in ${place}`);
        this.#figures.thrown++;
        throw new Error(THROWN);
      },
      reconnect,
    };
    const counts = new Map<Act, number>();
    const act = (event: string, isFirst: boolean) => {
      for (const act of acts) {
        if (act.when !== event) continue;
        if ((act.what === "throw first") !== isFirst) continue;
        const count = counts.get(act) ?? 0;
        counts.set(act, count + 1);
        if (count < REPEATS) perform(act, watch, stage);
      }
    };
    const watch = new Watch(
      socket,
      name,
      this.#report,
      (event) => {
        if (event === "connect") this.#notePort(watch);
        act(event, true);
      },
      (event) => act(event, false),
    );
    const start = () => {
      const way = random.below(5);
      if (way === 0) watch.listen("data", () => {});
      if (way === 1) watch.listen("readable", () => void socket.read());
      if (way >= 2 && way < 4) socket.resume();
      startTimes(acts, watch, stage);
    };
    return { watch, stage, start };
  }

  /**
   * Memory and a callback that throw now and then. The first memory is asked
   * for within `connect()`, to whom its exception would go.
   */
  #onread(random: Random, socket: () => Script): net.OnReadOpts {
    const size = random.pick([1, 100, 65_536]);
    const throws = random.oneIn(3);
    const fail = (place: string) => {
      if (throws && random.oneIn(4)) socket().stage.fail(place);
    };
    return {
      buffer: random.oneIn(2) ? new Uint8Array(size) : () => {
        if (socket().watch.has("connect")) fail("the memory of onread");
        return new Uint8Array(size);
      },
      callback(size: number, buffer: Uint8Array) {
        socket().watch.take(buffer.subarray(0, size));
        fail("the callback of onread");
        return true;
      },
    };
  }

  /** One client, from its connect to its close. */
  async #connection(random: Random): Promise<void> {
    const figures = this.#figures;
    figures.connections++;
    const name = `client ${this.#clients.length}`;
    const controller = random.oneIn(5) ? new AbortController() : undefined;
    const onread = random.oneIn(5)
      ? this.#onread(random, () => script)
      : undefined;
    const socket = new net.Socket({
      allowHalfOpen: random.oneIn(3),
      signal: controller?.signal,
      onread,
      highWaterMark: random.pick([1, 1000, 65_536]),
    });
    let reconnects = 0;
    let isStopped = false;
    const target = this.#target(random, () => isStopped = true);
    const connect = () => {
      try {
        socket.connect(target);
      } catch (error) {
        // Of a lookup, which `connect()` calls.
        if ((error as Error).message !== THROWN) throw error;
      }
    };
    const script = this.#watch(socket, name, random, {
      end: "client",
      controller,
      reconnect: () => {
        if (reconnects++ > 1 || !watch.has("close")) return;
        // What is left of the last connection would go to the next, as in Node.
        if (watch.mayKeepWrites) return;
        watch.renew();
        connect();
      },
    });
    const { watch } = script;
    this.#clients.push(watch);
    const early = random.oneIn(8);
    if (early) script.start();
    if (!socket.destroyed) connect();
    if (!early) script.start();
    const isOver = () =>
      isStopped || watch.has("connect") || watch.has("close");
    if (!random.oneIn(4) && !await until(isOver)) watch.fail("no 'connect'");
    await sleep(random.below(30));
    const last = random.below(4);
    if (last === 0) socket.destroy();
    if (last === 1) socket.resume().end();
    if (last === 2) socket.resume().destroySoon();
    await sleep(random.below(20));
    // A peer that reads nothing would keep it open for good.
    const closed = () => watch.has("close") && socket.destroyed;
    while (!closed()) {
      socket.destroy();
      const lives = watch.lives;
      if (!await until(() => closed() || watch.lives > lives)) {
        watch.fail("no 'close'");
        break;
      }
    }
  }

  /**
   * Where to connect: mostly to the server.
   *
   * @param stopped Called if a lookup throws in place of an answer: there will
   * be no connection, nor an error, as in Node.
   */
  #target(random: Random, stopped: () => void): net.NetConnectOpts {
    const address = this.#server.address();
    const dice = random.below(12);
    if (address === null) {
      return this.#transport.ipc
        ? { path: "/nowhere/at/all" }
        : { port: 1, host: "127.0.0.1" };
    }
    if (typeof address === "string") {
      return { path: dice === 0 ? `${address}-none` : address };
    }
    const { port, address: host } = address;
    if (dice === 0) return { port: 1, host };
    if (dice > 3) return { port, host };
    // By a name, of several addresses, some of which refuse.
    const family = host.includes(":") ? 6 : 4;
    const refusing = refusingAddress(family);
    const late = random.oneIn(2);
    let throws = random.pick(["never", "never", "before", "after"]);
    return {
      port,
      host: "a.name",
      autoSelectFamily: true,
      lookup: (_name, _options, callback) => {
        const when = throws;
        throws = "never";
        if (when === "before") {
          stopped();
          throw new Error(THROWN);
        }
        const answer = () => {
          if (dice === 1) {
            const error = Object.assign(new Error("ENOTFOUND"), {
              code: "ENOTFOUND",
            });
            return callback(error, "", 0);
          }
          (callback as unknown as (error: null, all: object[]) => void)(null, [
            refusing,
            { address: host, family },
          ]);
        };
        if (late) setTimeout(answer, 5);
        else answer();
        if (when === "after") throw new Error(THROWN);
      },
    };
  }

  /** Each peer closes: by itself if it reads, otherwise when it is destroyed. */
  async #finishPeers(): Promise<void> {
    const open = () => this.#peers.filter((peer) => !peer.has("close"));
    const reads = ({ socket, isStuck }: Watch) =>
      !isStuck &&
      socket.readableFlowing === true && !socket.allowHalfOpen;
    // The stream ends its other side after the listeners of 'end'.
    if (!await until(() => !open().some(reads))) {
      for (const peer of open().filter(reads)) {
        peer.fail("stays open though its client is gone");
      }
    }
    const destroyAll = () => {
      for (const { socket } of open()) socket.destroy();
      return open().length === 0;
    };
    // Clients that are gone may still be accepted.
    if (!await until(destroyAll)) {
      for (const peer of open()) peer.fail("no 'close'");
    }
  }

  /** Add what was seen to the figures. */
  #count(): void {
    const { codes } = this.#figures;
    for (const watch of [...this.#clients, ...this.#peers]) {
      this.#figures.bytes += watch.received;
      for (const { code = "" } of watch.errors) {
        codes[code] = (codes[code] ?? 0) + 1;
      }
    }
  }
}
