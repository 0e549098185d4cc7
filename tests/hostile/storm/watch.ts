/**
 * Watches one socket: what it emits, what it receives, and which of its
 * callbacks were called.
 *
 * @module
 */
import process from "node:process";
import type * as net from "../../../mod.ts";
import { hidesInside, takesResetsForEnds } from "../../helpers/runtime.ts";

/** What went wrong, in words. */
export type Report = (problem: string) => void;

/** Events that may come once for each connect. */
const ONCE: readonly string[] = [
  "connect",
  "ready",
  "end",
  "finish",
  "error",
  "close",
];

/** What may become of a connection that breaks off. */
const EXPECTED: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "ENOTFOUND", "EPIPE"],
  ...["ABORT_ERR", "STORM"],
  // What libuv calls a write to a named pipe whose peer has gone.
  ...process.platform === "win32" ? ["EOF"] : [],
  // Of several addresses, the first of which did not answer in its time.
  "ETIMEDOUT",
  // Of a script that writes before it connects, or after it has ended.
  ...["ERR_SOCKET_CLOSED", "ERR_STREAM_WRITE_AFTER_END"],
]);

/** Events that must not come after `'close'`. */
const WATCHED: ReadonlySet<string> = new Set([
  ...ONCE,
  "lookup",
  "connectionAttempt",
  "connectionAttemptFailed",
  "connectionAttemptTimeout",
  "data",
  "readable",
  "drain",
  "timeout",
]);

/**
 * The bytes of both directions: byte `n` is `n` modulo this, so that a lost
 * or doubled byte shows.
 */
const PERIOD = 251;
const PATTERN: Uint8Array = Uint8Array.from(
  { length: 2 ** 20 + PERIOD },
  (_, i) => i % PERIOD,
);

type WriteCallback = (error?: Error | null) => void;

interface Call {
  readonly name: string;
  /** An end of a destroyed socket, whose callback Node's stream forgets. */
  readonly isLate: boolean;
  count: number;
}

/** A socket, and what is known of it. */
export class Watch {
  readonly socket: net.Socket;
  readonly name: string;
  /** Bytes received and bytes written since the last connect. */
  received = 0;
  sent = 0;
  /** Events that an exception of a listener ended, so that more was skipped. */
  readonly #broken = new Set<string>();
  /** Whether listeners of `'close'` were among what was skipped. */
  #skippedClose = false;
  /** Whether a callback of a write or an end threw. */
  #callbackThrew = false;
  /** Whether one threw that was told of a failure. */
  #failureThrew = false;
  /** Whether the last 'finish' came before it was connected. */
  #finishedEarly = false;
  /** Whether it was closed with a RST. */
  isReset = false;
  /** How often `ref` and `unref` were called. */
  references = 0;
  /** How many times it was connected. */
  lives = 1;
  readonly errors: NodeJS.ErrnoException[] = [];
  readonly #report: Report;
  readonly #calls: Call[] = [];
  /** Listeners that are not the package's. */
  readonly #own = new Set<unknown>();
  /** The listeners that it had when it was new. */
  readonly #initial: Map<string | symbol, unknown[]>;
  #seen = new Map<string, number>();
  /** The last events, for a report. */
  #trail: string[] = [];

  /**
   * @param socket What to watch.
   * @param name For reports.
   * @param report Called with each thing that is wrong.
   * @param first Called before the listeners of each event.
   * @param last Called after the listeners of each event.
   */
  constructor(
    socket: net.Socket,
    name: string,
    report: Report,
    first: (event: string) => void,
    last: (event: string) => void,
  ) {
    this.socket = socket;
    this.name = name;
    this.#report = report;
    this.#initial = new Map(
      socket.eventNames().map((event) => [event, socket.listeners(event)]),
    );
    const emit = socket.emit as (...args: unknown[]) => boolean;
    Object.defineProperty(socket, "emit", {
      configurable: true,
      value: (event: string, ...args: unknown[]) => {
        if (!WATCHED.has(event)) return emit.call(socket, event, ...args);
        this.#note(event, args);
        let isLast = false;
        try {
          first(event);
          const result = emit.call(socket, event, ...args);
          isLast = true;
          last(event);
          return result;
        } catch (error) {
          this.#broken.add(event);
          if (event === "close" && !isLast) this.#skippedClose = true;
          throw error;
        }
      },
    });
    this.listen("error", () => {});
  }

  /** Listen, as the program that has the socket. */
  listen(event: string, listener: () => void): void {
    this.#own.add(listener);
    this.socket.on(event, listener);
  }

  /** Something is wrong with this socket. */
  fail(problem: string): void {
    this.#report(`${this.name}: ${problem} [${this.#history}]`);
  }

  /** What was done to it, and what it emitted. */
  get #history(): string {
    const { readyState, destroyed } = this.socket;
    const state = destroyed ? `${readyState} destroyed` : readyState;
    return `${this.#trail.join(" ")}; ${state}`;
  }

  /** Whether the script has destroyed it, in one way or another. */
  get #isDestroyed(): boolean {
    return this.#trail.some((act) => act.startsWith("destroy"));
  }

  /**
   * Whether it sent nothing although it has finished, as in Node: a socket that
   * ends before it connects finishes at once, and may write again. An exception
   * of 'connect' then skips what would send that.
   */
  get #finishedAlone(): boolean {
    return this.#finishedEarly && this.#broken.has("connect");
  }

  /** Whether it has emitted this since the last connect. */
  has(event: string): boolean {
    return this.#seen.has(event);
  }

  /** Something was done to it; kept for a report. */
  did(act: string): void {
    this.#trail.push(act);
    if (this.#trail.length > 40) this.#trail.shift();
  }

  /** It connects again: what may come once may come once more. */
  renew(): void {
    this.did("reconnect");
    this.lives++;
    this.#seen = new Map();
    this.received = this.sent = 0;
  }

  /** Write the next bytes of the pattern. */
  write(size: number, then?: () => void): void {
    const start = this.sent % PERIOD;
    const { socket } = this;
    if (socket.writable) this.sent += size;
    socket.write(
      PATTERN.subarray(start, start + size),
      this.callback("write", then),
    );
  }

  /** End with the next bytes of the pattern, or with none. */
  end(size: number, then?: () => void): void {
    const start = this.sent % PERIOD;
    const callback = this.callback("end", then);
    if (size === 0) return void this.socket.end(callback);
    if (this.socket.writable) this.sent += size;
    this.socket.end(PATTERN.subarray(start, start + size), callback);
  }

  /** Received in another way than by `'data'`. */
  take(chunk: Uint8Array): void {
    const start = this.received % PERIOD;
    const expected = PATTERN.subarray(start, start + chunk.length);
    if (Buffer.compare(chunk, expected) !== 0) {
      this.fail(`wrong bytes at ${this.received}`);
    }
    this.received += chunk.length;
  }

  /** A callback that must be called once, and what it does. */
  callback(name: "end" | "write", then?: () => void): WriteCallback {
    const isLate = name === "end" && this.socket.destroyed;
    const call: Call = { name, isLate, count: 0 };
    this.#calls.push(call);
    return (error) => {
      if (++call.count > 1 && !this.#callbackThrew) {
        this.fail(`the callback of a ${name} came twice`);
      }
      if (!then) return;
      this.#callbackThrew = true;
      // The exception keeps the stream from that, as in Node, and what is
      // written later would follow a gap.
      if (error) {
        this.#failureThrew = true;
        this.socket.destroy();
      }
      then();
    };
  }

  /**
   * Whether the stream may forget callbacks, as Node's does: it calls them in a
   * loop, or after a 'drain', or for those that wait for a connection at
   * 'close', and an exception ends that. A callback that threw is also called
   * again when the socket is destroyed.
   */
  get #forgets(): boolean {
    return this.#callbackThrew || this.#skippedClose ||
      this.#broken.has("drain");
  }

  /** Whether the stream may not go on to its close, as Node's does not. */
  get isStuck(): boolean {
    return this.#forgets ||
      ["readable", "end", "finish"].some((event) => this.#broken.has(event));
  }

  /**
   * Whether the stream may have kept what was written, as Node's does: it calls
   * the callbacks of what a destroyed socket has not sent, and forgets the bytes
   * after that. An exception of one of them ends it before.
   */
  get mayKeepWrites(): boolean {
    return this.#skippedClose || this.#failureThrew;
  }

  #note(event: string, args: unknown[]): void {
    const count = (this.#seen.get(event) ?? 0) + 1;
    if (this.has("close")) this.fail(`'${event}' after 'close'`);
    if (count > 1 && ONCE.includes(event)) this.fail(`'${event}' twice`);
    this.#seen.set(event, count);
    if (event !== "data" || count === 1) this.#trail.push(`'${event}'`);
    if (event === "finish") this.#finishedEarly = this.socket.pending;
    if (event === "data") this.take(args[0] as Uint8Array);
    if (event === "error") this.#noteError(args[0] as NodeJS.ErrnoException);
    // Without an argument, there was nothing to close.
    if (
      event === "close" && (args[0] ?? this.has("error")) !== this.has("error")
    ) {
      this.fail(`'close' says ${args[0]}`);
    }
  }

  #noteError(error: NodeJS.ErrnoException): void {
    this.errors.push(error);
    if (!EXPECTED.has(error.code!)) this.fail(`fails: ${error.stack}`);
  }

  /** Called when everything is over: every callback was called. */
  check(): void {
    for (const { name, count, isLate } of this.#calls) {
      if (count === 0 && !isLate && !this.#forgets) {
        this.fail(`the callback of a ${name} did not come`);
      }
    }
    if (this.socket.connecting) this.fail("is connecting after 'close'");
    if (!this.socket.destroyed) this.fail("is not destroyed after 'close'");
    if (!this.#skippedClose) this.#checkListeners();
  }

  /** It listens to itself as when it was new, not more. */
  #checkListeners(): void {
    const { socket } = this;
    for (const event of socket.eventNames()) {
      const known = [...this.#own, ...this.#initial.get(event) ?? []];
      let left = socket.listeners(event)
        .filter((listener) => !known.includes(listener)).length;
      // `ref` and `unref` hold for the next connection.
      if (event === "connect") left -= this.references;
      if (left > 0) this.fail(`${left} listeners of '${String(event)}' stay`);
    }
  }

  /**
   * Whether the bytes that came are those that `other` has sent: some of them
   * in any case, all of them if both ends have ended.
   */
  checkAgainst(other: Watch): void {
    if (this.received > other.sent) {
      this.fail(`received ${this.received} of ${other.sent} bytes`);
    }
    // A socket that closes over unread bytes sends a RST, too.
    if (takesResetsForEnds && (other.isReset || !other.has("end"))) return;
    // There, a write is done a turn later, and a close may come before.
    if (hidesInside && other.#isDestroyed) return;
    const whole = this.has("end") && other.has("finish") &&
      !other.#finishedAlone;
    if (whole && this.received < other.sent) {
      this.fail(
        `ended after ${this.received} of ${other.sent} bytes, ` +
          `sent by [${other.#history}]`,
      );
    }
  }
}
