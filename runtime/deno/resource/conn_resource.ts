/**
 * Reading and writing with the methods of `Deno.Conn`.
 *
 * @module
 */
import { afterTicks } from "../../timers.ts";
import type { NativeConn } from "../api.ts";
import type { TcpHandle } from "../internals.ts";
import { closeWithoutFin } from "../handle/tcp_handle.ts";
import { canEndRead } from "../version.ts";
import type { Resource } from "./resource.ts";

/**
 * The outcome of a read or write, after the ticks that are queued. It may be
 * known before them, and Node reports none so early: the callback of a write
 * would come before that of an earlier one, and more bytes before a tick of
 * those that were read.
 */
function afterQueued<T>(operation: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    operation.then(
      (value) => afterTicks(resolve, value),
      (error) => afterTicks(reject, error),
    );
  });
}

/** Uses the methods of `Deno.Conn`. */
export class ConnResource implements Resource {
  readonly conn: NativeConn;
  readonly rid = -1;
  readonly fd = -1;

  constructor(conn: NativeConn) {
    this.conn = conn;
  }

  connAt(): NativeConn {
    return this.conn;
  }

  read(into: Uint8Array): Promise<number | null> {
    return afterQueued(this.conn.read(into));
  }

  cancelRead(): boolean {
    return false;
  }

  write(bytes: Uint8Array): Promise<number> {
    return afterQueued(this.conn.write(bytes));
  }

  closeWrite(report: (error: unknown) => void): void {
    this.conn.closeWrite().then(() => report(null), report);
  }

  close(): void {
    if (!canEndRead) this.#leaveRead();
    this.conn.close();
  }

  /** Send a FIN, upon which the peer closes, and that ends the read. */
  #leaveRead(): void {
    this.closeWrite(() => {}); // If it fails, the peer was faster.
    this.conn.unref();
  }

  takeHandle(): TcpHandle | null {
    return null;
  }

  closeWithoutFin(): void {
    closeWithoutFin(this.conn);
  }

  wasPending(): boolean {
    return true;
  }

  doneAtOnce(): number {
    return -1;
  }

  failedAtOnce(): unknown {
    return null;
  }

  setReferenced(on: boolean): void {
    if (on) this.conn.ref();
    else this.conn.unref();
  }
}
