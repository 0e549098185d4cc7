/**
 * A bare stream over Bun's own API: `Bun.listen` and `Bun.connect`.
 *
 * @module
 */
import { Duplex } from "node:stream";
import {
  bunApi,
  type BunHandlers,
  type BunSocket,
} from "../../runtime/bun/api.ts";
import { bareModule, STREAM_OPTIONS } from "./bare.ts";
import type { NetModule } from "./net.ts";
import { place } from "./raw_bun.ts";

type Done = (error?: Error | null) => void;

class BareStream extends Duplex {
  socket: BunSocket<BareStream> | undefined;
  /** The part of a write that the system has not taken. */
  #rest: Uint8Array | undefined;
  #done: Done | undefined;

  constructor() {
    super(STREAM_OPTIONS);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    const taken = this.socket!.write(chunk);
    if (taken === chunk.length) return done();
    if (taken < 0) return done(new Error("could not write"));
    this.#rest = chunk.subarray(taken);
    this.#done = done;
  }

  drain(): void {
    if (this.#rest === undefined) return;
    const rest = this.#rest;
    this.#rest = undefined;
    this._write(rest, "buffer", this.#done!);
  }

  override _final(done: Done): void {
    this.socket!.shutdown();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.socket?.close();
    done(error);
  }
}

/**
 * @param opened What to do with an accepted connection. Such a connection has
 *   the listener's data, and no stream of its own yet.
 */
function handlers(
  opened: (socket: BunSocket<BareStream>) => void,
): BunHandlers<BareStream> {
  return {
    open: opened,
    data: ({ data: stream }, chunk) => stream.push(chunk),
    drain: ({ data: stream }) => stream.drain(),
    end: ({ data: stream }) => stream.push(null),
    // Bun calls this in place of `end` after this end has sent its FIN.
    close: ({ data: stream }) => stream.push(null),
    connectError: ({ data: stream }, error) => stream.destroy(error),
  };
}

const clientHandlers = handlers((socket) => {
  socket.data.socket = socket;
  socket.data.emit("connect");
});

/** The bare stream of Bun. */
export const bareNet: NetModule = bareModule<BareStream>({
  connect(to, connected) {
    const stream = new BareStream().once("connect", connected);
    void bunApi().connect<BareStream>({
      ...place(to),
      socket: clientHandlers,
      data: stream,
      allowHalfOpen: true,
    });
    return stream;
  },
  listen(on, accept) {
    const server = bunApi().listen<BareStream>({
      ...place(on),
      socket: handlers((socket) => {
        const stream = new BareStream();
        stream.socket = socket;
        socket.data = stream;
        accept(stream);
      }),
      data: new BareStream(),
      allowHalfOpen: true,
    });
    const bound: { port?: number } = {};
    server.getsockname(bound);
    return Promise.resolve({
      port: bound.port,
      close: () => server.stop(),
    });
  },
});
