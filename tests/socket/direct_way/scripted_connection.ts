/**
 * A connection that does what a test says: when bytes arrive, how much of a
 * write the system takes, and when the rest is done.
 *
 * @module
 */
import type {
  Connection,
  ConnectionSink,
  WriteResult,
} from "../../../runtime/adapter.ts";
import { systemError } from "../../../runtime/errors.ts";

/** What becomes of a write. */
export type Fate = "taken" | "waits" | "fails";

/** A connection without a network. It notes each call of a write. */
export class ScriptedConnection implements Connection {
  readonly kind = "tcp";
  readonly fd = -1;
  writeQueueSize = 0;
  /** What becomes of the next writes; after these, each is taken. */
  readonly fates: Fate[] = [];
  /** Whether the socket is called: then an exception is caught. */
  isReporting = false;
  readonly #log: (line: string) => void;
  #sink!: ConnectionSink;
  #isReading = false;
  #isOver = false;
  #isClosed = false;
  readonly #arrived: (Uint8Array | "end" | Error)[] = [];

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = sink;
  }

  /** Something arrives. It is reported as soon as the socket reads. */
  arrive(what: Uint8Array | "end" | Error): void {
    this.#arrived.push(what);
    this.#report();
  }

  #report(): void {
    while (this.#isReading && !this.#isClosed && !this.#isOver) {
      const next = this.#arrived.shift();
      if (next === undefined) return;
      this.#isOver = !(next instanceof Uint8Array);
      this.#call(() => {
        if (next instanceof Uint8Array) this.#sink.onRead(next);
        else if (next === "end") this.#sink.onEnd();
        else this.#sink.onError(next);
      });
    }
  }

  /** As the contract says, the connection goes on after an exception. */
  #call(report: () => void): void {
    this.isReporting = true;
    try {
      report();
    } catch (error) {
      this.#log(`uncaught ${(error as Error).message}`);
    } finally {
      this.isReporting = false;
    }
  }

  readStart(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    setImmediate(() => this.#report());
  }

  readStop(): void {
    this.#isReading = false;
  }

  write(chunk: Uint8Array): WriteResult {
    return this.#take(`bytes ${String(chunk)}`, chunk.length);
  }

  writev(chunks: Uint8Array[]): WriteResult {
    const size = chunks.reduce((sum, { length }) => sum + length, 0);
    return this.#take(`vector ${chunks.map(String).join("|")}`, size);
  }

  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    return this.#take(`${encoding} ${JSON.stringify(text)}`, text.length);
  }

  #take(what: string, size: number): WriteResult {
    if (this.#isClosed) return systemError("EBADF", "write");
    const fate = this.fates.shift() ?? "taken";
    this.#log(`${fate}: ${what}`);
    if (fate === "fails") return systemError("EPIPE", "write");
    if (fate === "waits") this.writeQueueSize = size;
    return fate === "taken";
  }

  /** The write that waits is done. */
  drain(error: Error | null = null): void {
    if (this.writeQueueSize === 0 || this.#isClosed) return;
    this.writeQueueSize = 0;
    this.#call(() => this.#sink.onWrite(error));
  }

  shutdown(): void {
    this.#log("FIN");
    setImmediate(() => {
      if (!this.#isClosed) this.#call(() => this.#sink.onShutdown(null));
    });
  }

  close(): void {
    this.#log("closed");
    this.#isClosed = true;
    setImmediate(() => this.#call(() => this.#sink.onClose()));
  }

  reset(): void {
    this.close();
  }

  localEndpoint(): null {
    return null;
  }

  remoteEndpoint(): null {
    return null;
  }

  ref(): void {}
  unref(): void {}
  setNoDelay(): void {}
  setKeepAlive(): void {}
}
