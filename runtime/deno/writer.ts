/**
 * The writing half of a connection over `Deno.Conn`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { WriteResult } from "../adapter.ts";
import { type AheadObserver, AheadWrite } from "./ahead_write.ts";
import { fromDenoError } from "./errors.ts";
import type { DenoInternals, TcpHandle } from "./internals.ts";
import type { Resource } from "./resource/resource.ts";
import { canDuplicate, duplicate } from "./handle/tcp_handle.ts";
import { encodeShared, leaveShared } from "./memory/text_memory.ts";
import { systemError } from "../errors.ts";
import { copyOf, join, totalLength } from "../common/bytes.ts";
import { batches } from "../common/write_batches.ts";

/**
 * Bytes that can be sent before a write may block, if the peer reads nothing:
 * less than the send and receive buffers of any system hold together.
 */
const UNANSWERED_LIMIT = 64 * 1024;

/** Bytes that any system takes for a connection that nothing was sent on. */
const EARLY_LIMIT = 16 * 1024;

/**
 * How often closing waits for a pending write. A RST waits longer: it cannot
 * overtake a write that is pending, unless the peer reads nothing.
 */
const CLOSE_WAITS = 2;
const RESET_WAITS = 20;
/** As often, for bytes that count as written: Deno soon knows of the room. */
const EARLY_WAITS = 1000;

const NOTHING = new Uint8Array(0);

/** Who learns how a write ended that the system did not take at once. */
export interface WriteObserver {
  /** The write is done (`null`), or has failed. */
  onWritten(error: Error | null): void;
  /**
   * Bytes that counted as written could not be sent.
   *
   * @param error What reading is to report.
   */
  onLost(error: Error): void;
}

/** Sends one write at a time, and counts what the system has not taken. */
export class DenoWriter implements AheadObserver {
  /** Bytes accepted here that the system has not taken yet. */
  size = 0;
  /** Bytes accepted here so far. */
  written = 0;
  readonly #resource: Resource;
  readonly #internals: DenoInternals;
  readonly #guarded: boolean;
  readonly #observer: WriteObserver;
  #pending = false;
  /** What is being written, and what follows it. */
  #chunk: Uint8Array | undefined;
  #queue: Uint8Array[] | null = null;
  #stopped = false;
  #waits = 0;
  #unanswered = 0;
  #guard: TcpHandle | null = null;
  /** Whether Deno knows that the connection can be written to. */
  #ready: boolean;
  /** Made when it is first needed. */
  #ahead: AheadWrite | null = null;
  /** Whether the observer waits for the bytes that are being written. */
  #isAwaited = true;
  /** What waits for the pending write. */
  #waiting: (() => void)[] | null = null;

  /**
   * @param internals The parts of Deno's inside that a reset needs.
   * @param guarded Whether the connection may have to be reset.
   * @param accepted Whether a listener has made it.
   */
  constructor(
    resource: Resource,
    internals: DenoInternals,
    guarded: boolean,
    accepted: boolean,
    observer: WriteObserver,
  ) {
    this.#resource = resource;
    this.#internals = internals;
    this.#guarded = guarded && canDuplicate(internals);
    this.#ready = !accepted;
    this.#observer = observer;
  }

  /**
   * A duplicate of the descriptor, to reset the connection with. While a write
   * is blocked none can be made, so one is made before: when so much was sent
   * without an answer that the next write may block.
   */
  get guard(): TcpHandle | null {
    return this.#guard;
  }

  /** Whether an operation has not reported yet; it may use the descriptor. */
  get pending(): boolean {
    this.#ahead?.settle();
    return this.#pending;
  }

  /** Whether the system has not taken all, and not only because it is early. */
  get isBlocked(): boolean {
    return this.pending && this.#ready;
  }

  /** Bytes arrived from the peer, so it is likely to read, too. */
  heard(): void {
    this.#ready = true;
    this.#unanswered = 0;
    if (this.#guard !== null && !this.pending) this.dropGuard();
  }

  /** Give the duplicate away. */
  takeGuard(): TcpHandle | null {
    const guard = this.#guard;
    this.#guard = null;
    return guard;
  }

  /** Close the duplicate. */
  dropGuard(): void {
    this.takeGuard()?.close();
  }

  /** As `Connection.write`. */
  write(chunk: Uint8Array): WriteResult {
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    if (this.#pending || !this.#ready) return this.#writeEarly([chunk]);
    this.#chunk = chunk;
    this.size = chunk.length;
    this.written += chunk.length;
    return this.#flush();
  }

  /** As `Connection.writeAhead`. */
  writeAhead(chunk: Uint8Array): WriteResult {
    const ahead = this.#ahead ??= new AheadWrite(this.#resource, this);
    // Of several writes in one turn, only the first gains by it.
    const isAlone = !ahead.isOpen && !this.#pending;
    if (!isAlone || !this.#ready || this.#stopped) return this.write(chunk);
    this.written += chunk.length;
    const write = this.#send(chunk);
    if (this.#resource.wasPending(write)) {
      this.#chunk = chunk;
      this.size = chunk.length;
      this.#await(write);
      return false;
    }
    ahead.follow(write, chunk);
    return true;
  }

  /** Send the rest, of which the caller does not hear. */
  onAheadTaken(chunk: Uint8Array, count: number): void {
    if (count === chunk.length) return;
    this.#chunk = chunk.subarray(count);
    this.size = chunk.length - count;
    this.#isAwaited = false;
    this.#goOn();
  }

  onAheadLost(error: unknown): void {
    if (!this.#stopped) this.#observer.onWritten(this.#fail(error));
  }

  /** Why nothing can be written; otherwise `null`. */
  #refusal(): Error | null {
    if (this.#stopped) return systemError("EBADF", "write");
    const lost = this.#ahead?.settle() ?? null;
    if (lost === null) return null;
    this.#ahead!.forget();
    return this.#fail(lost);
  }

  /** As `Connection.writeText`. */
  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    const isDirect = this.#resource.rid >= 0 && this.#ready && !this.pending;
    if (!isDirect) return this.write(Buffer.from(text, encoding));
    const result = this.write(encodeShared(text, encoding));
    if (result === false) leaveShared();
    return result;
  }

  /** As `Connection.writev`. */
  writev(chunks: Uint8Array[]): WriteResult {
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    if (this.#pending || !this.#ready) return this.#writeEarly(chunks);
    const queue = this.#queue = batches(chunks, join);
    this.size += totalLength(queue);
    this.written += this.size;
    this.#chunk = queue.shift();
    return this.#flush();
  }

  /**
   * Take bytes of an accepted connection before Deno knows that it can be
   * written to. Up to 2.9 the first write waits for that, even if there is room,
   * unless something was read before (not reported). The system has room for a
   * few bytes, so these count as written.
   */
  #writeEarly(chunks: Uint8Array[]): WriteResult {
    const before = this.size;
    this.size += totalLength(chunks);
    this.written += this.size - before;
    const isTaken = this.size <= EARLY_LIMIT;
    const queue = this.#queue ??= [];
    // What counts as written may be changed by the caller.
    for (const chunk of batches(chunks, join)) {
      queue.push(isTaken ? copyOf(chunk) : chunk);
    }
    this.#isAwaited = !isTaken || this.#pending && this.#isAwaited;
    if (!this.#pending) {
      this.#pending = true;
      this.#resource.write(NOTHING).then(
        () => this.#onReady(),
        (error) => this.#onError(error),
      );
    }
    return isTaken;
  }

  #onReady(): void {
    this.#ready = true;
    this.#chunk = this.#queue!.shift();
    // Even if the connection is closed by now: Node would have sent this.
    this.#goOn();
  }

  /** Write until the system takes no more; `true` if it took everything. */
  #flush(): WriteResult {
    for (;;) {
      const chunk = this.#chunk;
      if (chunk === undefined) return true;
      const write = this.#send(chunk);
      const taken = this.#resource.doneAtOnce(write);
      if (taken < 0) {
        const failure = this.#resource.failedAtOnce(write);
        if (failure !== null) return this.#fail(failure);
        this.#await(write);
        return false;
      }
      this.#took(taken);
    }
  }

  #send(chunk: Uint8Array): Promise<number> {
    this.#unanswered += chunk.length;
    if (this.#unanswered > UNANSWERED_LIMIT && this.#guarded) {
      this.#guard ??= duplicate(this.#resource, this.#internals);
    }
    return this.#resource.write(chunk);
  }

  #await(write: Promise<number>): void {
    this.#pending = true;
    write.then(
      (count) => this.#onTaken(count),
      (error) => this.#onError(error),
    );
  }

  #took(count: number): void {
    this.size -= count;
    const chunk = this.#chunk!;
    this.#chunk = count < chunk.length
      ? chunk.subarray(count)
      : this.#queue?.shift();
  }

  #onTaken(count: number): void {
    this.#took(count);
    if (this.#stopped) this.#pending = false;
    else this.#goOn();
  }

  /** The pending operation is done: write what is left. */
  #goOn(): void {
    this.#pending = false;
    const result = this.#flush();
    if (result !== false) this.#report(result === true ? null : result);
  }

  #onError(error: unknown): void {
    this.#pending = false;
    if (!this.#stopped) this.#report(this.#fail(error));
  }

  #report(error: Error | null): void {
    const waiting = this.#waiting;
    const isAwaited = this.#isAwaited;
    this.#waiting = null;
    this.#isAwaited = true;
    if (waiting !== null) { for (const call of waiting) call(); }
    if (isAwaited) return this.#observer.onWritten(error);
    const { code } = (error ?? {}) as { code?: string };
    // EPIPE only means that the peer has closed, which reading reports as well.
    if (code && code !== "EPIPE") {
      this.#observer.onLost(systemError(code, "read"));
    }
  }

  /** Call now, or after the pending write, which blocks the descriptor. */
  whenFree(call: () => void): void {
    if (this.pending) (this.#waiting ??= []).push(call);
    else call();
  }

  #fail(error: unknown): Error {
    this.#chunk = undefined;
    this.#queue = null;
    this.size = 0;
    return fromDenoError(error, "write");
  }

  /** Write and report nothing more. An operation under way goes on. */
  stop(): void {
    this.#stopped = true;
  }

  /** Whether closing is to wait for the pending write a millisecond more. */
  isWorthWaiting(resetting: boolean): boolean {
    const closing = this.#isAwaited ? CLOSE_WAITS : EARLY_WAITS;
    const waits = resetting ? RESET_WAITS : closing;
    return this.pending && this.#waits++ < waits;
  }
}
