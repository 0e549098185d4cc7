/**
 * Listening on an address that a closed listener still holds.
 *
 * @module
 */
import type { Endpoint, Listener, ListenSink } from "../adapter.ts";
import { guardListenSink } from "../common/guarded_sinks.ts";

/** {@linkcode Listener} that binds as soon as the closed listeners are gone. */
export class PendingListener implements Listener {
  readonly #certain: boolean;
  #bound: Listener | null = null;
  #referenced = true;
  #closed = false;

  /**
   * @param ready When to bind.
   * @param bind Binds, or throws the error to report.
   * @param certain Whether this counts as bound from the start: for a path
   * that this process held a moment ago, and that has no port to report.
   */
  constructor(
    ready: Promise<unknown>,
    bind: () => Listener,
    sink: ListenSink,
    certain: boolean,
  ) {
    this.#certain = certain;
    const guardedSink = guardListenSink(sink);
    ready.then(() => {
      if (this.#closed) return;
      try {
        this.#bound = bind();
      } catch (error) {
        return guardedSink.onError(error as Error);
      }
      if (!this.#referenced) this.#bound.unref();
      if (!certain) guardedSink.onListening();
    });
  }

  get pending(): boolean {
    return this.#bound === null && !this.#certain;
  }

  get fd(): number {
    return -1;
  }

  endpoint(): Endpoint | null {
    return this.#bound?.endpoint() ?? null;
  }

  close(): void {
    this.#closed = true;
    this.#bound?.close();
  }

  ref(): void {
    this.#referenced = true;
    this.#bound?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#bound?.unref();
  }
}
