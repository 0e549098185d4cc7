/**
 * A bare stream over a socket of the public `node:net`. It calls the methods
 * that the implementer of a stream provides (`_write`, `push`), so that it does
 * not pay for the socket's own buffers.
 *
 * An error of the socket is thrown, which ends the round.
 *
 * @module
 */
import net, { type AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import { bareModule, STREAM_OPTIONS } from "./bare.ts";
import { HOST } from "./contestant.ts";
import type { NetModule } from "./net.ts";

type Done = (error?: Error | null) => void;

/** The methods that the implementer of a stream provides. */
interface FromBelow {
  push(chunk: Uint8Array | null): boolean;
  _read(size: number): void;
  _write(chunk: Uint8Array, encoding: string, done: Done): void;
  _final(done: Done): void;
}

class BareStream extends Duplex {
  readonly #socket: net.Socket;
  readonly #below: FromBelow;

  constructor(socket: net.Socket) {
    super(STREAM_OPTIONS);
    this.#socket = socket;
    this.#below = socket as unknown as FromBelow;
  }

  /** Begins to use the socket, which is connected. */
  open(): void {
    this.#below.push = (chunk) => {
      this.push(chunk);
      return true;
    };
    this.#below._read(0);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, encoding: string, done: Done): void {
    this.#below._write(chunk, encoding, done);
  }

  override _final(done: Done): void {
    this.#below._final(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#socket.destroy();
    done(error);
  }
}

/** The bare stream of Node. */
export const bareNet: NetModule = bareModule<BareStream>({
  connect(to, connected) {
    // It is set afterwards because that costs less; see
    // runtime/node/connect.ts.
    const socket = new net.Socket();
    socket.allowHalfOpen = true;
    const stream = new BareStream(socket);
    socket.connect("port" in to ? { ...to, host: HOST } : to, () => {
      stream.open();
      connected();
    });
    return stream;
  },
  listen(on, accept) {
    const options = { allowHalfOpen: true, pauseOnConnect: true };
    const server = net.createServer(options, (socket) => {
      const stream = new BareStream(socket);
      stream.open();
      accept(stream);
    });
    return new Promise((resolve) => {
      server.listen("port" in on ? { ...on, host: HOST } : on, () => {
        const address = server.address() as AddressInfo | string;
        resolve({
          port: typeof address === "string" ? undefined : address.port,
          close: () => server.close(),
        });
      });
    });
  },
});
