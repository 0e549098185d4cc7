/**
 * The `onread` option: incoming bytes go to the user's memory and callback
 * instead of the stream.
 *
 * @module
 */
import type { OnReadOpts } from "./options.ts";

/** Delivers chunks into the memory of an `onread` option. */
export class UserBuffer {
  readonly #owner: object;
  readonly #callback: OnReadOpts["callback"];
  readonly #next: (() => unknown) | undefined;
  #memory: Uint8Array | undefined;
  /** What did not fit before the callback asked for a pause. */
  #rest: Uint8Array | undefined;

  private constructor(owner: object, options: OnReadOpts) {
    this.#owner = owner;
    const { buffer, callback } = options;
    this.#callback = callback;
    if (typeof buffer === "function") this.#next = buffer;
    else this.#memory = buffer;
  }

  /**
   * Made from the option, or `undefined` if that is none.
   *
   * @param owner The socket, which is the callback's `this`.
   */
  static from(owner: object, onread: unknown): UserBuffer | undefined {
    if (onread === null || typeof onread !== "object") return undefined;
    const { buffer, callback } = onread as Partial<OnReadOpts>;
    const usable = buffer instanceof Uint8Array ||
      typeof buffer === "function";
    return usable && typeof callback === "function"
      ? new UserBuffer(owner, onread as OnReadOpts)
      : undefined;
  }

  /** Ask for the first memory; before a connection reads. */
  prepare(): void {
    if (this.#next && this.#memory === undefined) this.#advance();
  }

  /** Whether bytes wait that the callback has not seen. */
  get pending(): boolean {
    return this.#rest !== undefined;
  }

  /** The memory that the next bytes go to. */
  get memory(): Uint8Array | undefined {
    return this.#rest === undefined ? this.#memory : undefined;
  }

  /**
   * Hand bytes to the callback, in pieces as large as the memory.
   *
   * @returns `false` if the callback asked for a pause; what it has not seen
   * yet is kept for {@linkcode flush}.
   */
  deliver(chunk: Uint8Array): boolean {
    let rest = chunk;
    while (rest.length > 0) {
      const memory = this.#memory;
      if (memory === undefined || memory.length === 0) break;
      const size = Math.min(memory.length, rest.length);
      // A backend may have read into this very memory.
      if (
        rest.buffer !== memory.buffer || rest.byteOffset !== memory.byteOffset
      ) {
        memory.set(size === rest.length ? rest : rest.subarray(0, size));
      }
      rest = rest.subarray(size);
      const more = this.#callback.call(this.#owner, size, memory) !== false;
      if (this.#next) this.#advance();
      if (!more) {
        if (rest.length > 0) this.#rest = rest;
        return false;
      }
    }
    return true;
  }

  /** Deliver what a pause left behind. Returns as {@linkcode deliver}. */
  flush(): boolean {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest === undefined || this.deliver(rest);
  }

  #advance(): void {
    const memory = this.#next!();
    if (memory instanceof Uint8Array) this.#memory = memory;
  }
}
