/**
 * Reading and writing with the methods of `Deno.Conn`.
 *
 * @module
 */
import type { NativeConn } from "../api.ts";
import type { TcpHandle } from "../internals.ts";
import { closeWithoutFin } from "../handle/tcp_handle.ts";
import { canEndRead } from "../version.ts";
import type { Resource } from "./resource.ts";

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
    return this.conn.read(into);
  }

  cancelRead(): boolean {
    return false;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.conn.write(bytes);
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
