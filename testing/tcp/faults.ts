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

/**
 * Faults of one connection, as one of its ends sees it.
 *
 * @example A reply that is cut
 * ```ts
 * import { createNetwork } from "@isonet/net/testing";
 *
 * const network = createNetwork({ seed: 1 });
 * const [app, db] = [network.host("app"), network.host("db")];
 * db.net.createServer((socket) => socket.end("a long reply")).listen(5432);
 * const client = app.net.connect(5432, "db");
 * client.fault.afterBytes(6, "received").reset();
 * client.on("data", (data) => console.log(String(data))); // a long
 * client.on("error", (error) => console.log(error.message)); // read ECONNRESET
 * await network.advance(1000);
 * ```
 */
export class Faults implements FaultActions {
  #wire: Wire | undefined;
  #side: Side = "client";
  #pending: ((wire: Wire) => void)[] = [];

  /** Made by the network. */
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

  #do(apply: (wire: Wire) => void): void {
    if (this.#wire) apply(this.#wire);
    else this.#pending.push(apply);
  }

  /**
   * Wait until this many bytes have passed; exactly that many do.
   *
   * @param bytes How many.
   * @param direction Whose bytes. Default `"sent"`: those this end sends.
   */
  afterBytes(bytes: number, direction: Direction = "sent"): FaultActions {
    const later = (action: FaultAction, duration?: number) =>
      this.#do((wire) => {
        const sender = this.#sender(direction);
        wire.onceSent(
          sender,
          bytes,
          () => wire.apply(action, sender, duration),
        );
      });
    return {
      reset: () => later("reset"),
      end: () => later("end"),
      stall: (duration) => later("stall", duration),
    };
  }

  #sender(direction: Direction): Side {
    return direction === "sent" ? this.#side : opposite(this.#side);
  }

  /** Now: both ends see a RST. */
  reset(): void {
    this.#do((wire) => wire.apply("reset", this.#side));
  }

  /** Now: both ends see the other's end. */
  end(): void {
    this.#do((wire) => wire.apply("end", this.#side));
  }

  /**
   * Now: nothing passes any more, in both directions.
   *
   * @param duration Milliseconds after which it passes again. Default: never.
   */
  stall(duration?: number): void {
    this.#do((wire) => {
      wire.apply("stall", "client", duration);
      wire.apply("stall", "server", duration);
    });
  }
}

/** Faults of connections that are not there yet, by who waits for them. */
const waiting = new WeakMap<ConnectSink, Faults>();

/** The faults that were set before there was a connection. */
export function faultsFor(sink: ConnectSink): Faults | undefined {
  return waiting.get(sink);
}

/**
 * The faults of a socket's connection, by the handle that the socket has.
 *
 * @throws {Error} If it has none: it was not connected, or is closed.
 */
export function faultsOf(handle: unknown): Faults {
  if (handle instanceof TcpEnd) return new Faults(handle.wire, handle.side);
  if (
    typeof handle !== "object" || handle === null || !("onConnect" in handle)
  ) {
    throw new Error("the socket has no simulated connection");
  }
  const sink = handle as ConnectSink;
  const faults = waiting.get(sink) ?? new Faults();
  waiting.set(sink, faults);
  return faults;
}
