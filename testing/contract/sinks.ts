/**
 * Sinks that keep a log, and tell their lab which rule a backend broke.
 *
 * @module
 */
import type {
  Connection,
  ConnectionSink,
  ConnectTarget,
  Listener,
  ListenTarget,
  RuntimeAdapter,
  TcpConnectTarget,
  WriteResult,
} from "../../runtime/adapter.ts";
import { clearTimeout, setTimeout } from "../../runtime/timers.ts";
import type { SystemError } from "../../runtime/errors.ts";
import { bytes, hash } from "./data.ts";
import { pipeTo, tcpTo } from "./targets.ts";

/** Ends a test that waits for a call that does not come. */
const HANG_MS = 8000;

/** Words in the order they came, and waiters for a state. */
export class Log {
  readonly words: string[] = [];
  readonly #waiting = new Set<() => void>();

  add(word: string): void {
    this.words.push(word);
    for (const check of this.#waiting) check();
  }

  count(word: string): number {
    return this.words.filter((other) => other === word).length;
  }

  /** Resolves once this word has come. */
  saw(word: string): Promise<void> {
    return this.until(() => this.words.includes(word), word);
  }

  /** Resolves once `reached` holds; looks after each word. */
  until(reached: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(
          new Error(`waited for ${what}; came: ${this.words.join(", ")}`),
        );
      }, HANG_MS);
      const check = () => {
        if (!reached()) return;
        this.#waiting.delete(check);
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** Where a sink is: what it tells which rule was broken. */
export interface Watch {
  readonly adapter: RuntimeAdapter;
  /** A rule was broken. */
  blame(rule: string): void;
  /** Call into the backend. */
  call<T>(run: () => T): T;
  /** A sink method was called. */
  hear(name: string): void;
  /** Attach a probe to a connection. */
  probe(connection: Connection, handlers?: Handlers): Probe;
}

/** What a {@linkcode Probe} does beside writing its log. */
export interface Handlers {
  allocate?: () => Uint8Array | undefined;
  read?: (chunk: Uint8Array) => void;
  end?: () => void;
  close?: () => void;
}

/** A connection and a sink that keeps a log of it. */
export class Probe extends Log implements ConnectionSink {
  readonly connection: Connection;
  readonly allocate?: () => Uint8Array | undefined;
  readonly handlers: Handlers;
  /** What was read, as it came: not copied, so later changes would show. */
  readonly chunks: Uint8Array[] = [];
  size = 0;
  /** What `onError` brought. */
  error: SystemError | undefined;
  /** Why the last write failed, at once or later. */
  writeError: SystemError | null = null;
  readonly #lab: Watch;
  #readOver = false;
  #writing = false;
  /** Whether a `writeAhead` has counted as taken, and may still fail. */
  #wroteAhead = false;
  #closing = false;
  #closed = false;

  constructor(lab: Watch, connection: Connection, handlers: Handlers = {}) {
    super();
    this.#lab = lab;
    this.connection = connection;
    this.handlers = handlers;
    if (handlers.allocate) {
      this.allocate = () => {
        if (this.#closing) lab.blame("allocate() after close()");
        return handlers.allocate!();
      };
    }
    lab.call(() => connection.attach(this));
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** Everything read so far as text. */
  get text(): string {
    return this.chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  }

  /** Hash of everything read so far. */
  get hash(): string {
    return hash(...this.chunks);
  }

  /** Resolves once `size` bytes were read. */
  got(size: number): Promise<void> {
    return this.until(() => this.size >= size, `${size} bytes`);
  }

  // The sink.

  onRead(chunk: Uint8Array): void {
    this.#hear("onRead");
    if (this.#readOver) this.#lab.blame("onRead after onEnd or onError");
    if (chunk.length === 0) this.#lab.blame("onRead without a byte");
    this.chunks.push(chunk);
    this.size += chunk.length;
    this.handlers.read?.(chunk);
    this.add("read");
  }

  onEnd(): void {
    this.#hear("onEnd");
    this.#endReading("onEnd");
    this.handlers.end?.();
    this.add("end");
  }

  onError(error: Error): void {
    this.#hear("onError");
    this.#endReading("onError");
    this.error = error as SystemError;
    this.add("error");
  }

  onWrite(error: Error | null): void {
    this.#hear("onWrite");
    const isOfAhead = error !== null && this.#wroteAhead;
    if (!this.#writing && !isOfAhead) {
      this.#lab.blame("onWrite without a write that returned false");
    }
    this.#writing = this.#wroteAhead = false;
    this.writeError = error as SystemError | null;
    this.add("write");
  }

  onShutdown(error: Error | null): void {
    this.#hear("onShutdown");
    this.add(error ? "shutdown failed" : "shutdown");
  }

  onClose(): void {
    this.#lab.hear("onClose");
    if (!this.#closing) this.#lab.blame("onClose without close()");
    if (this.#closed) this.#lab.blame("onClose twice");
    this.#closed = true;
    this.handlers.close?.();
    this.add("close");
  }

  #hear(name: string): void {
    this.#lab.hear(name);
    if (this.#closing) this.#lab.blame(`${name} after close()`);
  }

  #endReading(name: string): void {
    if (this.#readOver) this.#lab.blame(`${name} after onEnd or onError`);
    this.#readOver = true;
  }

  // The connection; these calls watch that no sink is called meanwhile.

  readStart(): void {
    this.#lab.call(() => this.connection.readStart());
  }

  readStop(): void {
    this.#lab.call(() => this.connection.readStop());
  }

  write(data: string | Uint8Array): WriteResult {
    const chunk = typeof data === "string" ? bytes(data) : data;
    return this.#written(() => this.connection.write(chunk));
  }

  writev(chunks: Uint8Array[]): WriteResult {
    return this.#written(() => this.connection.writev(chunks));
  }

  writeAhead(chunk: Uint8Array): WriteResult {
    const result = this.#written(() => this.connection.writeAhead!(chunk));
    this.#wroteAhead = result === true;
    return result;
  }

  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    return this.#written(() => this.connection.writeText!(text, encoding));
  }

  #written(write: () => WriteResult): WriteResult {
    this.#writing = true;
    const result = this.#lab.call(write);
    if (result !== false) this.#writing = false;
    if (result instanceof Error) this.writeError = result as SystemError;
    return result;
  }

  /** Write, and wait for `onWrite` if it follows. */
  send(data: string | Uint8Array): Promise<void> {
    return this.#sent(() => this.write(data));
  }

  /** As `send`, with `writev`. */
  sendv(chunks: Uint8Array[]): Promise<void> {
    return this.#sent(() => this.writev(chunks));
  }

  /** As `send`, with `writeAhead`. */
  sendAhead(chunk: Uint8Array): Promise<void> {
    return this.#sent(() => this.writeAhead(chunk));
  }

  /** As `send`, with `writeText`. */
  sendText(text: string, encoding: "utf8" | "latin1"): Promise<void> {
    return this.#sent(() => this.writeText(text, encoding));
  }

  async #sent(write: () => WriteResult): Promise<void> {
    const before = this.count("write");
    if (write() !== false) return;
    await this.until(() => this.count("write") > before, "onWrite");
  }

  shutdown(): void {
    this.#lab.call(() => this.connection.shutdown());
  }

  /** Close; resolves with `onClose`. */
  close(): Promise<void> {
    this.#closing = true;
    this.#lab.call(() => this.connection.close());
    return this.saw("close");
  }

  /** Reset; resolves with `onClose`. */
  reset(): Promise<void> {
    this.#closing = true;
    this.#lab.call(() => this.connection.reset());
    return this.saw("close");
  }
}

/** A listener, and the probes of the connections it accepted. */
export class Ear extends Log {
  readonly target: ListenTarget;
  readonly accepted: Probe[] = [];
  /** What to do with a connection; by default a probe is attached. */
  receive: (connection: Connection) => void;
  listener!: Listener;
  error: SystemError | undefined;
  closed = false;
  /** Whether `onClose` is due. */
  #unbinding = false;
  readonly #lab: Watch;

  constructor(lab: Watch, target: ListenTarget, handlers?: Handlers) {
    super();
    this.#lab = lab;
    this.target = target;
    this.receive = (connection) => {
      this.accepted.push(lab.probe(connection, handlers));
    };
    this.listener = lab.call(() =>
      lab.adapter.listen(target, {
        onListening: () => {
          this.#hear("onListening");
          if (this.words.includes("listening") || !this.#wasPending) {
            lab.blame("onListening of a listener that was not pending");
          }
          this.add("listening");
        },
        onConnection: (connection) => {
          this.#hear("onConnection");
          this.receive(connection);
          this.add("connection");
        },
        onError: (error) => {
          this.#hear("onError");
          this.error = error as SystemError;
          this.add("error");
        },
        onClose: () => {
          lab.hear("onClose");
          if (!this.#unbinding) lab.blame("onClose without close()");
          this.#unbinding = false;
          this.add("free");
        },
      })
    );
    this.#wasPending = this.listener.pending;
    if (!this.#wasPending) this.words.push("listening");
  }

  readonly #wasPending: boolean;

  #hear(name: string): void {
    this.#lab.hear(name);
    if (this.closed) this.#lab.blame(`${name} after the listener's close()`);
  }

  get port(): number {
    return this.listener.endpoint()!.port;
  }

  close(): void {
    this.closed = true;
    this.#unbinding = this.#lab.call(() => this.listener.close()) === false;
  }

  /** Resolves once the address of the closed listener is free. */
  async freed(): Promise<void> {
    if (this.#unbinding) await this.saw("free");
  }

  /** A target that reaches this listener. */
  reach(over: Partial<TcpConnectTarget> = {}): ConnectTarget {
    return this.target.kind === "pipe"
      ? pipeTo(this.target.path)
      : tcpTo(this.port, over);
  }
}
