/**
 * A listener of a simulated host, and its accept queue.
 *
 * @module
 */
import type { Endpoint, Listener, ListenSink } from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import type { TcpEnd } from "../tcp/end.ts";
import type { Wire } from "../tcp/wire.ts";
import type { Entry } from "./address_table.ts";
import { endpointOf } from "./addresses.ts";

/** The host, as a listener sees it. */
export interface Ground {
  /** Have something happen next. */
  soon(action: () => void): void;
  /** Call the program. */
  tell(call: () => void): void;
  /** A descriptor, or -1. */
  takeDescriptor(): number;
  /** Give a descriptor back. */
  freeDescriptor(fd: number): void;
  /** Call this once a descriptor is given back. */
  onceDescriptorFree(call: () => void): void;
  /** Make the end of a connection that somebody asks for. */
  makeEnd(
    wire: Wire,
    local: Endpoint | null,
    remote: Endpoint | null,
    opened: (end: TcpEnd, error: Error | null) => void,
  ): TcpEnd;
  /** The program has an end from now on. */
  opened(end: TcpEnd): void;
  /** The listener is closed. */
  closed(listener: SimulatedListener): void;
}

/** A listener of a simulated host; see `runtime/adapter.ts`. */
export class SimulatedListener implements Listener {
  readonly pending = false;
  readonly fd: number;
  readonly entry: Entry<SimulatedListener>;
  readonly #ground: Ground;
  readonly #sink: ListenSink;
  readonly #backlog: number;
  /** Connections in the middle of their handshake. */
  readonly #halfOpen = new Set<TcpEnd>();
  /** Connections that nobody has accepted. */
  #queue: TcpEnd[] = [];
  #isBusy = false;
  #isStuck = false;
  #isClosed = false;

  constructor(
    ground: Ground,
    entry: Entry<SimulatedListener>,
    sink: ListenSink,
    backlog: number,
    fd: number,
  ) {
    this.#ground = ground;
    this.entry = entry;
    this.#sink = sink;
    this.#backlog = backlog;
    this.fd = fd;
    entry.owner = this;
  }

  endpoint(): Endpoint | null {
    return this.entry.endpoint;
  }

  /** Where it listens, in words. */
  describe(): string {
    const { endpoint, path } = this.entry;
    const where = endpoint ? `${endpoint.address} port ${endpoint.port}` : path;
    return `a listener at ${where}`;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ground.freeDescriptor(this.fd);
    this.#ground.closed(this);
    for (const end of [...this.#halfOpen, ...this.#queue]) end.turnAway();
    this.#halfOpen.clear();
    this.#queue = [];
  }

  ref(): void {}
  unref(): void {}

  /** Its host has crashed: who waits for it is forgotten. */
  crash(): void {
    for (const end of [...this.#halfOpen, ...this.#queue]) end.crash();
    this.#halfOpen.clear();
    this.#queue = [];
  }

  /**
   * Somebody asks for a connection.
   *
   * @returns Whether there is room in the queue; like Linux, it says nothing
   * to whom there is none for.
   */
  ask(wire: Wire, from: Endpoint | null, to: Endpoint | null): boolean {
    // Like Linux: one more than was asked for.
    if (this.#queue.length + this.#halfOpen.size > this.#backlog) return false;
    const end = this.#ground.makeEnd(
      wire,
      this.#seen(to),
      this.#seen(from),
      (opened, error) => this.#opened(opened, error),
    );
    this.#halfOpen.add(end);
    end.answerSyn();
    return true;
  }

  /** An IPv6 listener sees IPv4 addresses mapped. */
  #seen(end: Endpoint | null): Endpoint | null {
    const own = this.entry.endpoint;
    return end?.family === "IPv4" && own?.family === "IPv6"
      ? endpointOf(`::ffff:${end.address}`, end.port)
      : end;
  }

  #opened(end: TcpEnd, error: Error | null): void {
    this.#halfOpen.delete(end);
    if (error || this.#isClosed) return;
    this.#queue.push(end);
    this.#acceptSoon();
  }

  /** One connection in a turn. */
  #acceptSoon(): void {
    if (this.#isBusy || this.#isStuck || this.#queue.length === 0) return;
    this.#isBusy = true;
    this.#ground.soon(() => {
      this.#isBusy = false;
      this.#accept();
    });
  }

  #accept(): void {
    const end = this.#queue[0];
    if (!end) return;
    const fd = this.#ground.takeDescriptor();
    if (fd < 0) {
      this.#isStuck = true;
      this.#ground.onceDescriptorFree(() => {
        this.#isStuck = false;
        this.#acceptSoon();
      });
      const error = systemError("EMFILE", "accept");
      this.#ground.tell(() => this.#sink.onError(error));
      return;
    }
    this.#queue.shift();
    end.fd = fd;
    this.#ground.opened(end);
    this.#acceptSoon();
    this.#ground.tell(() => this.#sink.onConnection(end));
  }
}
