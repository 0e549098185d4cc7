/**
 * Reading by a TCP handle of `node:net`, on a duplicate of the descriptor; all
 * else as {@linkcode OpResource} does it.
 *
 * This is for versions that cannot cancel a read of their own, 2.8 and older:
 * they can do nothing without a FIN to a connection that is being read. A
 * handle stops reading when it is asked to. It costs a descriptor more for each
 * connection, and on every read a system call more. It is opened at once: of two
 * connections that are accepted, the second must not take the descriptor that
 * the first will need.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { NativeConn } from "../api.ts";
import {
  type DenoCore,
  type DenoInternals,
  findReadState,
  type TcpHandle,
} from "../internals.ts";
import { codeOf, systemError } from "../../errors.ts";
import { duplicate } from "../handle/tcp_handle.ts";
import { OpResource } from "./op_resource.ts";

/** What the handle reports as the number of bytes at the end (libuv). */
const END_OF_FILE = -4095;

const NOTHING = new Uint8Array(0);

/** A read that has not come to an end. */
interface PendingRead {
  readonly into: Uint8Array;
  resolve(count: number): void;
  reject(error: Error): void;
}

/** Reads by a handle, writes by the operations below `Deno.Conn`. */
export class HandleResource extends OpResource {
  readonly #internals: DenoInternals;
  #handle: TcpHandle | null;
  #pending: PendingRead | null = null;
  /** What was read beyond the memory of the caller. */
  #rest: Uint8Array = NOTHING;
  #referenced = true;

  constructor(core: DenoCore, conn: NativeConn, internals: DenoInternals) {
    super(core, conn);
    this.#internals = internals;
    this.#handle = this.#open();
  }

  override read(into: Uint8Array): Promise<number> {
    if (this.#rest.length > 0) return Promise.resolve(this.#takeRest(into));
    const handle = this.#handle ??= this.#open();
    // No descriptor is left for it.
    if (handle === null) return super.read(into);
    return new Promise((resolve, reject) => {
      this.#pending = { into, resolve, reject };
      handle.readStart!();
    });
  }

  #open(): TcpHandle | null {
    const handle = duplicate(this, this.#internals);
    if (handle === null) return null;
    handle.onread = (memory) => this.#onRead(memory);
    if (!this.#referenced) handle.unref?.();
    return handle;
  }

  #onRead(memory: ArrayBufferLike | undefined): void {
    const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } =
      findReadState()!;
    const count = streamBaseState[kReadBytesOrError]!;
    this.#handle!.readStop!();
    if (count > 0) {
      const offset = streamBaseState[kArrayBufferOffset];
      const bytes = new Uint8Array(memory!, offset, count);
      this.#rest = this.#rest.length === 0
        ? bytes
        : Buffer.concat([this.#rest, bytes]);
    }
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    if (count > 0) pending.resolve(this.#takeRest(pending.into));
    else if (count === END_OF_FILE) pending.resolve(0);
    else pending.reject(systemError(codeOf(count), "read"));
  }

  #takeRest(into: Uint8Array): number {
    const taken = this.#rest.subarray(0, into.length);
    into.set(taken);
    this.#rest = this.#rest.subarray(taken.length);
    return taken.length;
  }

  override cancelRead(): boolean {
    if (this.#handle === null) return super.cancelRead();
    this.#handle.readStop!();
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(systemError("ECANCELED", "read"));
    return true;
  }

  override close(): void {
    this.#closeHandle();
    super.close();
  }

  override takeHandle(): TcpHandle | null {
    const handle = this.#handle;
    if (handle !== null) this.cancelRead();
    this.#handle = null;
    return handle;
  }

  override closeWithoutFin(): void {
    this.#closeHandle();
    super.closeWithoutFin();
  }

  #closeHandle(): void {
    this.takeHandle()?.close();
  }

  override setReferenced(on: boolean): void {
    super.setReferenced(on);
    this.#referenced = on;
    if (on) this.#handle?.ref?.();
    else this.#handle?.unref?.();
  }
}
