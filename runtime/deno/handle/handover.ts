/**
 * A connection's handle for other modules of Deno: a TCP handle of `node:net`
 * on a duplicate of the descriptor. `tls` reads and writes by it at full speed,
 * and `child_process` passes its descriptor on.
 *
 * The handle is real, so nobody says when they start to use it. The calls that
 * they do it with are watched instead: each replaces itself by the handle's own
 * when it has been called.
 *
 * @module
 */
import {
  type DenoInternals,
  findReadState,
  type TcpHandle,
} from "../internals.ts";
import type { Resource } from "../resource/resource.ts";
import { noteConnection } from "./connection_of.ts";
import { duplicate } from "./tcp_handle.ts";

/** What the connection does once the handle is used. */
export interface HandoverObserver {
  /**
   * The handle is about to read. Stop reading beside it, and then call
   * {@linkcode Handover.begin}.
   */
  onHandleReads(): void;
  /** The other has closed the handle. */
  onHandleClosed(): void;
}

/** A handle that other modules may take over. */
export class Handover {
  /** The same one each time: `tls` compares it. */
  readonly handle: TcpHandle;
  /** Whether they have: then the handle reads, and the connection does not. */
  isTaken = false;
  /** Whether another process has the descriptor: closing must send no FIN. */
  isShared = false;
  /** Whether the handle waits until a read of the connection is over. */
  #isWaiting = false;
  #isClosed = false;

  private constructor(handle: TcpHandle, observer: HandoverObserver) {
    this.handle = handle;
    noteConnection(handle, observer);
    // `http` would read and write by the handle as well, beside the connection's
    // own reads and writes. Without this it uses the socket.
    Object.defineProperty(handle, "isStreamBase", { value: false });
    const watched: Partial<TcpHandle> = {
      readStart: () => {
        if (!this.isTaken) {
          this.isTaken = this.#isWaiting = true;
          observer.onHandleReads();
        }
        return 0;
      },
      fdForIpc: () => {
        Reflect.deleteProperty(handle, "fdForIpc");
        this.isShared = true;
        return handle.fdForIpc!();
      },
      close: (...args) => {
        this.close(...args);
        observer.onHandleClosed();
      },
    };
    Object.assign(handle, watched);
  }

  /**
   * Make the handle of a connection.
   *
   * @returns `null` where the runtime has no such handle, and while a write is
   * blocked.
   */
  static open(
    resource: Resource,
    internals: DenoInternals,
    observer: HandoverObserver,
  ): Handover | null {
    if (findReadState() === null) return null;
    const handle = duplicate(resource, internals);
    return handle && new Handover(handle, observer);
  }

  /**
   * Let the handle read. The connection no longer does.
   *
   * @param bytes What its last read has brought, which the handle reports first.
   */
  begin(bytes?: Uint8Array): void {
    const { handle } = this;
    if (bytes !== undefined && this.#isWaiting) {
      const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } =
        findReadState()!;
      streamBaseState[kReadBytesOrError] = bytes.length;
      streamBaseState[kArrayBufferOffset] = 0;
      handle.onread?.(bytes.slice().buffer);
    }
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    Reflect.deleteProperty(handle, "readStart");
    handle.readStart!();
  }

  /** Bytes that were read by the handle. */
  get bytesRead(): number {
    return this.handle.getBytesRead?.() ?? 0;
  }

  /** Bytes that were written by the handle. */
  get bytesWritten(): number {
    return this.handle.getBytesWritten?.() ?? 0;
  }

  /** Let the handle keep the process alive, or not. */
  setReferenced(on: boolean): void {
    if (on) this.handle.ref?.();
    else this.handle.unref?.();
  }

  /** Close the duplicate. */
  close(...args: unknown[]): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isWaiting = false;
    Reflect.deleteProperty(this.handle, "close");
    this.handle.close(...args);
  }
}
