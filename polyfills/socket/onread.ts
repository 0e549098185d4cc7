/**
 * The `onread` option: incoming bytes go to the user's memory and callback
 * instead of the stream.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { OnReadOpts } from "../options.ts";

/** The memory and the callback of an `onread` option. */
export class UserBuffer {
  /** The socket. */
  readonly #owner: object;
  readonly #callback: OnReadOpts["callback"];
  /** Supplies memory for each read, if the option has no fixed one. */
  readonly #next: (() => unknown) | undefined;
  /** `null` if the function has been called, and never returned any. */
  #memory: Uint8Array | null | undefined;
  /** Bytes that the callback has not seen. */
  #rest: Uint8Array | undefined;
  /** Whether these are to be delivered later. */
  scheduled = false;

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
    if (this.#memory === undefined) this.#advance();
  }

  /** As {@linkcode UserBuffer.prepare}, for a further connection. */
  renew(): void {
    this.#rest = undefined;
    this.#advance();
  }

  /** Whether there are bytes that the callback has not seen. */
  get pending(): boolean {
    return this.#rest !== undefined;
  }

  /** Whether there is memory, but of no size. */
  get hasNoRoom(): boolean {
    return this.#memory?.length === 0;
  }

  /** Memory to read the next bytes into, unless earlier ones are waiting. */
  get memory(): Uint8Array | undefined {
    return this.#rest === undefined && this.#memory?.length
      ? this.#memory
      : undefined;
  }

  /** Bytes arrived. They are kept until {@linkcode fill} takes them. */
  keep(bytes: Uint8Array): void {
    this.#rest = this.#rest ? Buffer.concat([this.#rest, bytes]) : bytes;
  }

  /**
   * Copy as many of the kept bytes as fit into the memory. If there is none,
   * they are dropped.
   *
   * @returns How many bytes.
   */
  fill(): number {
    const bytes = this.#rest!;
    const memory = this.#memory;
    const size = Math.min(memory?.length ?? Infinity, bytes.length);
    const fits = size === bytes.length;
    // A backend may have read into this memory directly.
    if (
      memory &&
      (bytes.buffer !== memory.buffer || bytes.byteOffset !== memory.byteOffset)
    ) {
      memory.set(fits ? bytes : bytes.subarray(0, size));
    }
    this.#rest = fits ? undefined : bytes.subarray(size);
    return size;
  }

  /**
   * Call the callback. As in Node, it gets `true` if there is no memory.
   *
   * @param size How many bytes of the memory are filled.
   * @returns `false` if the callback asked for a pause.
   */
  report(size: number): boolean {
    const memory = this.#memory ?? true;
    const more = this.#callback.call(this.#owner, size, memory as Uint8Array);
    this.#advance();
    return more !== false;
  }

  #advance(): void {
    if (!this.#next) return;
    const memory = this.#next();
    if (memory instanceof Uint8Array) this.#memory = memory;
    else this.#memory ??= null;
  }
}
