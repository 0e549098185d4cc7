/**
 * The sending half of an end: what is written, until the peer has it.
 *
 * A small TCP (RFC 9293, RFC 6298): bytes stay until they are acknowledged, the
 * peer says how many it takes, and what is not acknowledged in time is sent
 * again from there on. The numbers are Linux's.
 *
 * @module
 */
import type { Alarm } from "../clock/queue.ts";
import type { Clock } from "../clock/clock.ts";
import { ByteQueue } from "./byte_queue.ts";

/** Least wait for an acknowledgement beyond its way, in milliseconds. */
const FIRST_WAIT = 200;
/** Longest wait, in milliseconds. */
const LONGEST_WAIT = 120_000;
/** Waits before the peer counts as dead: 15 minutes in all. */
const MOST_WAITS = 15;
/** The same once the program has closed its end: a minute or so. */
const MOST_ORPHAN_WAITS = 8;

/** What a sender asks of its end. */
export interface Outlet {
  /** The time of the network. */
  readonly clock: Clock;
  /** How many bytes the next packet has room for. */
  segmentSize(): number;
  /** Send a packet; gives when an answer could be here. */
  transmit(
    flag: "DATA" | "FIN" | "PROBE",
    seq: number,
    bytes?: Uint8Array,
  ): number;
  /** The peer has not answered for too long. */
  giveUp(): void;
}

/** The sending half of one end of a connection. */
export class Sender {
  readonly #outlet: Outlet;
  readonly #capacity: number;
  readonly #outbox = new ByteQueue();
  /** What did not fit; the caller's memory until the write is done. */
  #rest: Uint8Array | undefined;
  #acknowledged = 0;
  #next = 0;
  /** Bytes taken so far; the place of the FIN. */
  #end = 0;
  /** Up to where the peer takes bytes. */
  #edge = 0;
  #finishing = false;
  #waits = 0;
  #answerBy = 0;
  #timer: Alarm | undefined;
  #flush: Alarm | undefined;
  #mostWaits = MOST_WAITS;
  #stopped = false;

  constructor(outlet: Outlet, capacity: number) {
    this.#outlet = outlet;
    this.#capacity = capacity;
  }

  /** Bytes that the last write has left. */
  get waiting(): number {
    return this.#rest?.length ?? 0;
  }

  /** Bytes taken and not acknowledged yet. */
  get unacknowledged(): number {
    return this.#outbox.length;
  }

  /** Bytes taken so far. */
  get taken(): number {
    return this.#end;
  }

  /** Whether the peer has all of it, the FIN included. */
  get finished(): boolean {
    return this.#finishing && this.#acknowledged > this.#end;
  }

  /** Whether a FIN goes after what is written. */
  get finishing(): boolean {
    return this.#finishing;
  }

  /** Take bytes; `false` if some have to wait. */
  write(chunk: Uint8Array): boolean {
    this.#rest = chunk;
    return this.#fill();
  }

  /** Take what there is room for; `true` if nothing is left. */
  #fill(): boolean {
    const rest = this.#rest!;
    const room = Math.min(this.#capacity - this.#outbox.length, rest.length);
    if (room > 0) {
      this.#outbox.push(rest.subarray(0, room));
      this.#end += room;
      this.#sendSoon();
    }
    this.#rest = room < rest.length ? rest.subarray(room) : undefined;
    return this.#rest === undefined;
  }

  /** The program is gone; what it has handed over is still sent. */
  orphan(): void {
    this.#rest = undefined;
    this.#mostWaits = MOST_ORPHAN_WAITS;
  }

  /** Send a FIN after what is written. */
  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.#sendSoon();
  }

  /** What is written in one turn may go in one packet. */
  #sendSoon(): void {
    if (this.#stopped) return;
    this.#flush ??= this.#outlet.clock.soon(() => {
      this.#flush = undefined;
      this.send();
    });
  }

  /** Up to where the peer takes bytes when the connection opens. */
  open(edge: number): void {
    this.#edge = edge;
  }

  /**
   * The peer has everything before `ack`, and takes bytes up to `edge`. What
   * can be sent by that is left to {@linkcode Sender.send}.
   *
   * @returns Whether a write that had to wait is done by that.
   */
  acknowledge(ack: number, edge: number): boolean {
    this.#waits = 0;
    this.#edge = Math.max(this.#edge, edge);
    if (ack > this.#acknowledged) {
      const before = Math.min(this.#acknowledged, this.#end);
      this.#outbox.drop(Math.min(ack, this.#end) - before);
      this.#acknowledged = ack;
      this.#next = Math.max(this.#next, ack);
    }
    return this.#rest !== undefined && this.#fill();
  }

  /** Send nothing any more. */
  stop(): void {
    this.#stopped = true;
    const { clock } = this.#outlet;
    clock.cancel(this.#timer);
    clock.cancel(this.#flush);
    this.#outbox.clear();
    this.#rest = undefined;
  }

  /** Send what the peer takes. */
  send(): void {
    if (this.#stopped) return;
    const limit = Math.min(this.#end, this.#edge);
    while (this.#next < limit) {
      const size = Math.min(
        this.#outlet.segmentSize(),
        limit - this.#next,
      );
      const bytes = this.#outbox.peek(this.#next - this.#acknowledged, size);
      this.#answerBy = this.#outlet.transmit("DATA", this.#next, bytes);
      this.#next += size;
    }
    const isLast = this.#finishing && this.#next === this.#end;
    if (isLast && this.#rest === undefined) {
      this.#answerBy = this.#outlet.transmit("FIN", this.#end);
      this.#next++;
    }
    this.#wait();
  }

  /** Wait for an answer, if one is due. */
  #wait(): void {
    const { clock } = this.#outlet;
    clock.cancel(this.#timer);
    this.#timer = undefined;
    const last = this.#finishing ? this.#end + 1 : this.#end;
    if (this.#stopped || this.#acknowledged >= last) return;
    const wait = Math.min(FIRST_WAIT * 2 ** this.#waits, LONGEST_WAIT);
    const begins = Math.max(clock.now, this.#answerBy);
    this.#timer = clock.at(begins + wait, () => this.#sendAgain());
  }

  #sendAgain(): void {
    this.#timer = undefined;
    if (++this.#waits > this.#mostWaits) {
      this.#outlet.giveUp();
      return;
    }
    if (this.#acknowledged < this.#next) {
      this.#next = this.#acknowledged;
      this.send();
    } else {
      // The peer takes nothing now: ask, for its word may have been lost.
      this.#answerBy = this.#outlet.transmit("PROBE", this.#next);
      this.#wait();
    }
  }
}
