/**
 * The `onread` option: incoming bytes go to the user's memory and callback
 * instead of the stream.
 *
 * @module
 */
import type { OnReadOpts } from "../options.ts";

/** The memory and the callback of an `onread` option. */
export class UserBuffer {
  /** The socket. */
  readonly #owner: object;
  readonly #callback: OnReadOpts["callback"];
  /** Supplies memory for each read, if the option has no fixed one. */
  readonly #next: (() => unknown) | undefined;
  #memory: Uint8Array | undefined;
  /** Bytes that have not been reported since the callback asked for a pause. */
  #rest: Uint8Array | undefined;

  private constructor(owner: object, options: OnReadOpts) {
    this.#owner = owner;
    const { buffer, callback } = options;
    this.#callback = callback;
    if (typeof buffer === "function") this.#next = buffer;
    else this.#memory = buffer;
  }

  /**
   * Make one from the option.
   *
   * @returns `undefined` if the option is missing or unusable.
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

  /** Ask for the first memory, before a connection is read. */
  prepare(): void {
    if (this.#next && this.#memory === undefined) this.#advance();
  }

  /** Whether there are bytes that the callback has not seen. */
  get pending(): boolean {
    return this.#rest !== undefined;
  }

  /** Memory to read the next bytes into, unless earlier ones are waiting. */
  get memory(): Uint8Array | undefined {
    return this.#rest === undefined ? this.#memory : undefined;
  }

  /**
   * Copy the start of a chunk into the memory.
   *
   * @returns How many bytes fit.
   */
  fill(chunk: Uint8Array): number {
    const memory = this.#memory;
    if (memory === undefined) return 0;
    const size = Math.min(memory.length, chunk.length);
    // A backend may have read into this memory directly.
    if (
      chunk.buffer !== memory.buffer || chunk.byteOffset !== memory.byteOffset
    ) {
      memory.set(size === chunk.length ? chunk : chunk.subarray(0, size));
    }
    return size;
  }

  /**
   * Call the callback.
   *
   * @param size How many bytes of the memory are filled.
   * @returns `false` if the callback asked for a pause.
   */
  report(size: number): boolean {
    const more = this.#callback.call(this.#owner, size, this.#memory!);
    if (this.#next) this.#advance();
    return more !== false;
  }

  /** Keep the bytes that a pause left over, for {@linkcode take}. */
  keep(rest: Uint8Array): void {
    this.#rest = rest;
  }

  /** The bytes given to {@linkcode keep}, which are no longer kept. */
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
