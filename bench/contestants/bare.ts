/**
 * What the bare streams of all runtimes share. A bare stream is the cheapest
 * stream over the runtime's own API, and so the upper limit for a socket of
 * `node:net` there. It has no options, no timeouts and no backpressure on what
 * it reads; its only events are those of a stream, and it reports errors only
 * by `destroy`.
 *
 * @module
 */
import { EventEmitter } from "node:events";
import type { DuplexOptions } from "node:stream";
import type { Address } from "./contestant.ts";
import type { NetModule } from "./net.ts";

/**
 * The options of every bare stream: like a socket, it ends when its peer does.
 */
export const STREAM_OPTIONS: DuplexOptions = {
  allowHalfOpen: false,
  decodeStrings: false,
};

/** A listener of the runtime, or of its `node:net`. */
export interface BareListener {
  /** The port it is bound to, if it is one. */
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

/** What each runtime has to provide. */
export interface BareNet<Stream> {
  connect(to: Address, connected: () => void): Stream;
  listen(
    on: Address,
    accept: (stream: Stream) => void,
  ): Promise<BareListener>;
}

/**
 * Makes a module with the API of `node:net`, which a contestant can be made of.
 */
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
