/**
 * A bare stream over Deno's own API: `Deno.listen` and `Deno.connect`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { type DenoConn, denoNamespace } from "../../runtime/deno/api.ts";
import { bareModule, STREAM_OPTIONS } from "./bare.ts";
import type { NetModule } from "./net.ts";
import { acceptAll, place } from "./raw_deno.ts";

type Done = (error?: Error | null) => void;

/** A read that waits keeps its memory; the messages are small. */
const READ_SIZE = 512;

class BareStream extends Duplex {
  #conn: DenoConn | undefined;

  constructor() {
    super(STREAM_OPTIONS);
  }

  /** Begin to use a connection. */
  async open(conn: DenoConn): Promise<void> {
    this.#conn = conn;
    const memory = Buffer.allocUnsafe(READ_SIZE);
    try {
      for (;;) {
        const count = await conn.read(memory);
        if (count === null) break;
        const chunk = Buffer.allocUnsafe(count);
        memory.copy(chunk, 0, 0, count);
        this.push(chunk);
      }
      this.push(null);
    } catch (error) {
      // Closing ends a read, too; then this changes nothing.
      this.destroy(error as Error);
    }
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#conn!.write(chunk).then((taken) => {
      if (taken === chunk.length) done();
      else this._write(chunk.subarray(taken), "buffer", done);
    }, done);
  }

  override _final(done: Done): void {
    this.#conn!.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#conn?.close();
    done(error);
  }
}

/** The bare stream of Deno. */
export const bareNet: NetModule = bareModule<BareStream>({
  connect(to, connected) {
    const stream = new BareStream();
    denoNamespace().connect(place(to)).then((conn) => {
      void stream.open(conn);
      connected();
    }, (error) => stream.destroy(error));
    return stream;
  },
  listen(on, accept) {
    const listener = denoNamespace().listen(place(on));
    void acceptAll(listener, (conn) => {
      const stream = new BareStream();
      void stream.open(conn);
      accept(stream);
    });
    return Promise.resolve({
      port: listener.addr.port,
      close: () => listener.close(),
    });
  },
});
