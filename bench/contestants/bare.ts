/**
 * What the bare streams of all runtimes share. A bare stream is the least that
 * a stream over the runtime's own API costs, and so the most that a socket of
 * `node:net` can reach there: no options, no timeouts, no backpressure on what
 * is read, no events but those of a stream, no errors but by `destroy`.
 *
 * @module
 */
import { EventEmitter } from "node:events";
import type { DuplexOptions } from "node:stream";
import type { Address } from "./contestant.ts";
import type { NetModule } from "./net.ts";

/** How every bare stream is made: as a socket, it ends when its peer does. */
export const STREAM_OPTIONS: DuplexOptions = {
  allowHalfOpen: false,
  decodeStrings: false,
};

/** A listener of the runtime, or of its `node:net`. */
export interface BareListener {
  /** What it is bound to, if that is a port. */
  readonly port: number | undefined;
  close(): void;
}

/** The part of `net.Server` that the scenarios use; never emits `'error'`. */
class BareServer<Stream> extends EventEmitter {
  readonly #listen: BareNet<Stream>["listen"];
  readonly #accept: (stream: Stream) => void;
  #listener: BareListener | undefined;

  constructor(
    listen: BareNet<Stream>["listen"],
    accept: (stream: Stream) => void,
  ) {
    super();
    this.#listen = listen;
    this.#accept = accept;
  }

  listen(on: Address, listening: () => void): this {
    void this.#listen(on, this.#accept).then((listener) => {
      this.#listener = listener;
      listening();
    });
    return this;
  }

  address(): { port: number } | string {
    const port = this.#listener?.port;
    return port === undefined ? "" : { port };
  }

  close(): void {
    this.#listener!.close();
  }
}

/** What a runtime has to provide. */
export interface BareNet<Stream> {
  connect(to: Address, connected: () => void): Stream;
  listen(
    on: Address,
    accept: (stream: Stream) => void,
  ): Promise<BareListener>;
}

/** As a module that the contestants of the shape of `node:net` are made of. */
export function bareModule<Stream>(
  { connect, listen }: BareNet<Stream>,
): NetModule {
  const module: unknown = {
    connect,
    createServer: (accept: (stream: Stream) => void) =>
      new BareServer(listen, accept),
  };
  return module as NetModule;
}
