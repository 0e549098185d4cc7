/**
 * Faults of one connection, for the program that tests with it.
 *
 * @module
 */
import type { ConnectSink } from "../../runtime/adapter.ts";
import { TcpEnd } from "./end.ts";
import { type FaultAction, opposite, type Side, type Wire } from "./wire.ts";

/** Whose bytes count: those this end sends, or those it receives. */
export type Direction = "sent" | "received";

/** What happens to the connection, once it is time. */
export interface FaultActions {
  /** Both ends see a RST: `ECONNRESET`. */
  reset(): void;
  /** Both ends see the other's end, as if each had ended. */
  end(): void;
  /**
   * Nothing passes any more in the direction whose bytes were counted.
   *
   * @param duration Milliseconds after which it passes again. Default: never.
   */
  stall(duration?: number): void;
}

/** Faults of a connection that is there, or is to come. */
export class ConnectionFaults {
  #wire: Wire | undefined;
  #side: Side;
  #pending: ((wire: Wire) => void)[] = [];

  constructor(wire?: Wire, side: Side = "client") {
    this.#wire = wire;
    this.#side = side;
  }

  /** The connection is there. */
  bind(wire: Wire, side: Side): void {
    this.#wire = wire;
    this.#side = side;
    for (const apply of this.#pending.splice(0)) apply(wire);
  }

  /** Do something to the connection as soon as it is there. */
  do(apply: (wire: Wire) => void): void {
    if (this.#wire) apply(this.#wire);
    else this.#pending.push(apply);
  }

  /** Who sends in this direction. */
  sender(direction: Direction): Side {
    return direction === "sent" ? this.#side : opposite(this.#side);
  }
}

/**
 * Faults of one connection, as one of its ends sees it. A socket that is not
 * connected any more has none: to use them throws.
 *
 * @example A reply that is cut
 * ```ts
 * import { createNetwork } from "@isonet/net/testing";
 *
 * const network = createNetwork({ seed: 1 });
 * const [app, db] = [network.host("app"), network.host("db")];
 * db.net.createServer((socket) => {
 *   socket.on("error", () => {}).end("a long reply");
 * }).listen(5432);
 * const client = app.net.connect(5432, "db");
 * client.fault.afterBytes(6, "received").reset();
 * client.on("data", (data) => console.log(String(data))); // a long
 * client.on("error", (error) => console.log(error.message)); // read ECONNRESET
 * await network.advance(1000);
 * ```
 */
export class Faults implements FaultActions {
  readonly #socket: HandleOwner;

  /** Made by the network. */
  constructor(socket: HandleOwner) {
    this.#socket = socket;
  }

  /**
   * Wait until this many bytes have passed; exactly that many do.
   *
   * @param bytes How many.
   * @param direction Whose bytes. Default `"sent"`: those this end sends.
   */
  afterBytes(bytes: number, direction: Direction = "sent"): FaultActions {
    const faults = faultsOf(this.#socket);
    const later = (action: FaultAction, duration?: number) =>
      faults.do((wire) => {
        const sender = faults.sender(direction);
        const apply = () => wire.apply(action, sender, duration);
        wire.onceSent(sender, bytes, apply);
      });
    return {
      reset: () => later("reset"),
      end: () => later("end"),
      stall: (duration) => later("stall", duration),
    };
  }

  #now(action: FaultAction, duration?: number): void {
    faultsOf(this.#socket).do((wire) => {
      wire.apply(action, "client", duration);
      if (action === "stall") wire.apply(action, "server", duration);
    });
  }

  /** Now: both ends see a RST. */
  reset(): void {
    this.#now("reset");
  }

  /** Now: both ends see the other's end. */
  end(): void {
    this.#now("end");
  }

  /**
   * Now: nothing passes any more, in both directions.
   *
   * @param duration Milliseconds after which it passes again. Default: never.
   */
  stall(duration?: number): void {
    this.#now("stall", duration);
  }
}

/** A socket, as far as its faults go. */
export interface HandleOwner {
  /** Its connection, or who waits for one. */
  readonly _handle: object | null;
  /** Whether it has no connection yet. */
  readonly pending: boolean;
}

/** The end that a socket announces by `'connect'`, and has no handle for yet. */
let announced: TcpEnd | undefined;

/** Hand an end over to who asked for it. */
export function announce(end: TcpEnd, sink: ConnectSink): void {
  announced = end;
  try {
    sink.onConnect(end);
  } finally {
    announced = undefined;
  }
}

/** Faults of connections that are not there yet, by who waits for them. */
const waiting = new WeakMap<ConnectSink, ConnectionFaults>();

/** The faults that were set before there was a connection. */
export function faultsFor(sink: ConnectSink): ConnectionFaults | undefined {
  return waiting.get(sink);
}

function isSink(handle: object | null): handle is ConnectSink {
  return handle !== null && "onConnect" in handle;
}

function faultsOf(socket: HandleOwner): ConnectionFaults {
  const handle = socket._handle ?? (socket.pending ? null : announced ?? null);
  if (handle instanceof TcpEnd) {
    return new ConnectionFaults(handle.wire, handle.side);
  }
  if (!isSink(handle)) {
    throw new Error("the socket has no connection of a simulated network");
  }
  const faults = waiting.get(handle) ?? new ConnectionFaults();
  waiting.set(handle, faults);
  return faults;
}
