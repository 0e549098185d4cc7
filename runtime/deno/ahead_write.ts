/**
 * A write that counts as taken before it is known how much the system took.
 *
 * Whether an operation was done at once costs nothing to see. How much it wrote
 * costs as much to see at once as the rest of the call (`getPromiseDetails`), and
 * nearly nothing in a promise job. As a rule the system takes everything.
 *
 * @module
 */
import type { Resource } from "./resource/resource.ts";

/** Who sends the rest, and hears of a failure. */
export interface AheadObserver {
  /** The system took so much of the last write. */
  onAheadTaken(chunk: Uint8Array, count: number): void;
  /** The last write has failed. */
  onAheadLost(error: unknown): void;
}

/** The last such write of a connection. */
export class AheadWrite {
  readonly #resource: Resource;
  readonly #observer: AheadObserver;
  /** Until its outcome is known. */
  #write: Promise<number> | null = null;
  #chunk!: Uint8Array;
  /** Promise jobs to come; the last one is that of the last write. */
  #jobs = 0;

  constructor(resource: Resource, observer: AheadObserver) {
    this.#resource = resource;
    this.#observer = observer;
  }

  /** Whether its outcome is not known yet. */
  get isOpen(): boolean {
    return this.#write !== null;
  }

  /** Learn in a promise job how this write of a chunk came out. */
  follow(write: Promise<number>, chunk: Uint8Array): void {
    this.#write = write;
    this.#chunk = chunk;
    this.#jobs++;
    write.then(this.#onTaken, this.#onLost);
  }

  /**
   * Learn it now.
   *
   * @returns Why it failed, which the job reports unless it is forgotten;
   * otherwise `null`.
   */
  settle(): unknown {
    const write = this.#write;
    if (write === null) return null;
    const count = this.#resource.doneAtOnce(write);
    if (count < 0) return this.#resource.failedAtOnce(write);
    this.#write = null;
    this.#observer.onAheadTaken(this.#chunk, count);
    return null;
  }

  /** Report nothing more of it. */
  forget(): void {
    this.#write = null;
  }

  readonly #onTaken = (count: number): void => {
    if (!this.#isLast()) return;
    this.#write = null;
    this.#observer.onAheadTaken(this.#chunk, count);
  };

  readonly #onLost = (error: unknown): void => {
    if (!this.#isLast()) return;
    this.#write = null;
    this.#observer.onAheadLost(error);
  };

  #isLast(): boolean {
    return --this.#jobs === 0 && this.#write !== null;
  }
}
