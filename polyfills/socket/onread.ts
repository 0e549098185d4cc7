/**
 * The `onread` option: incoming bytes go to the user's memory and callback
 * instead of the stream.
 *
 * @module
 */
import type { OnReadOpts } from "../options.ts";

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
   * Put the head of a chunk into the memory.
   *
   * @returns How many bytes of it fitted.
   */
  fill(chunk: Uint8Array): number {
    const memory = this.#memory;
    if (memory === undefined) return 0;
    const size = Math.min(memory.length, chunk.length);
    // A backend may have read into this very memory.
    if (
      chunk.buffer !== memory.buffer || chunk.byteOffset !== memory.byteOffset
    ) {
      memory.set(size === chunk.length ? chunk : chunk.subarray(0, size));
    }
    return size;
  }

  /**
   * Tell the callback that this many bytes were filled.
   *
   * @returns `false` if it asked for a pause.
   */
  tell(size: number): boolean {
    const more = this.#callback.call(this.#owner, size, this.#memory!);
    if (this.#next) this.#advance();
    return more !== false;
  }

  /** Keep what a pause left over, for {@linkcode take}. */
  keep(rest: Uint8Array): void {
    this.#rest = rest;
  }

  /** What {@linkcode keep} was given, once. */
  take(): Uint8Array | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest;
  }

  #advance(): void {
    const memory = this.#next!();
    if (memory instanceof Uint8Array) this.#memory = memory;
  }
}
