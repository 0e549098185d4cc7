/**
 * Reading and writing with the operations below `Deno.Conn`.
 *
 * They cost two promises less for each call, and show at once whether the
 * system took a write, as it nearly always does. They also need the resource id
 * alone, where a `Deno.Conn` with its addresses takes as much memory as
 * everything else of an idle connection.
 *
 * @module
 */
import type { Endpoint } from "../../adapter.ts";
import type { NativeConn } from "../api.ts";
import { type DenoCore, fdOf, ridOf, type TcpHandle } from "../internals.ts";
import { closeWithoutFin } from "../handle/tcp_handle.ts";
import { canEndRead } from "../version.ts";
import type { Resource } from "./resource.ts";

/** States of a promise, as `getPromiseDetails` returns them. */
const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

/**
 * Whether a pending operation was seen whose promise has a number. Those of
 * operations that are done have none.
 */
let pendingHaveIds = false;

/** The class of a `Deno.Conn`, which can be made of a resource id. */
type ConnClass = new (
  rid: number,
  remoteAddr: object,
  localAddr: object,
) => NativeConn;

function nativeAddress(end: Endpoint | null): object {
  return end === null ? {} : { hostname: end.address, port: end.port };
}

/** Whether a pending read can be cancelled, with the connection left open. */
export function canCancelRead(core: DenoCore): boolean {
  return core.cancelRead !== undefined && canEndRead;
}

/** Uses the operations below `Deno.Conn`. */
export class OpResource implements Resource {
  readonly #core: DenoCore;
  readonly rid: number;
  readonly fd: number;
  readonly #Conn: ConnClass;
  #reading: Promise<number> | null = null;
  #referenced = true;

  constructor(core: DenoCore, conn: NativeConn) {
    this.#core = core;
    this.rid = ridOf(conn, core);
    this.fd = fdOf(conn, core);
    this.#Conn = conn.constructor as ConnClass;
  }

  get conn(): NativeConn {
    return this.connAt(null, null);
  }

  connAt(local: Endpoint | null, remote: Endpoint | null): NativeConn {
    return new this.#Conn(
      this.rid,
      nativeAddress(remote),
      nativeAddress(local),
    );
  }

  read(into: Uint8Array): Promise<number> {
    const reading = this.#core.read(this.rid, into);
    if (!this.#referenced) this.#core.unrefOpPromise(reading);
    return this.#reading = reading;
  }

  cancelRead(): boolean {
    this.#core.cancelRead?.(this.rid);
    return canCancelRead(this.#core);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#core.write(this.rid, bytes);
  }

  closeWrite(report: (error: unknown) => void): void {
    const done = this.#core.shutdown(this.rid);
    if (this.#core.getPromiseDetails(done)[0] === REJECTED) {
      done.catch(report);
    } else {
      // Up to 2.7 it is done a turn later, and would be reported after what the
      // peer answers. If it fails, reading reports why.
      done.catch(() => {});
      report(null);
    }
  }

  close(): void {
    if (!canEndRead) this.#leaveRead();
    this.#core.close(this.rid);
  }

  /** Send a FIN, upon which the peer closes, and that ends the read. */
  #leaveRead(): void {
    this.closeWrite(() => {}); // If it fails, the peer was faster.
    this.setReferenced(false);
  }

  takeHandle(): TcpHandle | null {
    return null;
  }

  closeWithoutFin(): void {
    // A read that cannot be cancelled would keep the connection open.
    if (this.#isReading() && !canCancelRead(this.#core)) this.close();
    else closeWithoutFin(this.conn);
  }

  #isReading(): boolean {
    return this.#reading !== null &&
      this.#core.getPromiseDetails(this.#reading)[0] === PENDING;
  }

  wasPending(operation: Promise<unknown>): boolean {
    const { promiseIdSymbol: id } = this.#core;
    if (id !== undefined && id in operation) return pendingHaveIds = true;
    return !pendingHaveIds &&
      this.#core.getPromiseDetails(operation)[0] === PENDING;
  }

  doneAtOnce(operation: Promise<number>): number {
    // To ask for the details costs as much as the rest of the call.
    if (this.wasPending(operation)) return -1;
    const details = this.#core.getPromiseDetails(operation);
    return details[0] === FULFILLED ? details[1] as number : -1;
  }

  failedAtOnce(write: Promise<number>): unknown {
    if (this.wasPending(write)) return null;
    const details = this.#core.getPromiseDetails(write);
    if (details[0] !== REJECTED) return null;
    write.catch(() => {}); // Reported by the return value.
    return details[1];
  }

  setReferenced(on: boolean): void {
    if (on === this.#referenced) return;
    this.#referenced = on;
    if (this.#reading === null) return;
    if (on) this.#core.refOpPromise(this.#reading);
    else this.#core.unrefOpPromise(this.#reading);
  }
}
