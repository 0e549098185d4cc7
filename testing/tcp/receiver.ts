/**
 * The receiving half of an end: what came, until it is read.
 *
 * @module
 */
import { ByteQueue } from "./byte_queue.ts";
import { HERE } from "./packet.ts";

/** What is read at once, at most: as libuv has it. */
const LARGEST_READ = 65_536;

/** The receiving half of one end of a connection. */
export class Receiver {
  readonly #window: number;
  readonly #inbox = new ByteQueue();
  #next = 0;
  #ended = false;
  /** The edge that the peer was last told. */
  #told: number;

  constructor(window: number) {
    this.#window = this.#told = window;
  }

  /** The byte it waits for. */
  get next(): number {
    return this.#next;
  }

  /** Bytes that nobody has read. */
  get unread(): number {
    return this.#inbox.length;
  }

  /** Whether the peer's FIN came. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes that came so far. */
  get received(): number {
    return this.#ended ? this.#next - 1 : this.#next;
  }

  /** Up to where it takes bytes. */
  get edge(): number {
    return this.received - this.#inbox.length + this.#window;
  }

  /** The same; the peer is about to be told. */
  tellEdge(): number {
    return this.#told = this.edge;
  }

  /** Whether the peer should hear that there is room again. */
  get hasNews(): boolean {
    const more = this.edge - this.#told;
    return more > 0 &&
      (this.#inbox.length === 0 || more >= this.#window / 2);
  }

  /** Bytes came; what is there already, or comes too early, is left out. */
  accept(seq: number, bytes: Uint8Array): void {
    const known = this.#next - seq;
    if (this.#ended || known < 0 || known >= bytes.length) return;
    const fresh = bytes.subarray(known);
    this.#inbox.push(fresh);
    this.#next += fresh.length;
  }

  /** A FIN came. */
  end(seq: number): void {
    if (this.#ended || (seq !== this.#next && seq !== HERE)) return;
    this.#ended = true;
    this.#next++;
  }

  /** Take bytes to be read. */
  read(memory?: Uint8Array): Uint8Array {
    return this.#inbox.take(LARGEST_READ, memory);
  }

  /** Throw away what nobody has read. */
  clear(): void {
    this.#inbox.clear();
  }
}
