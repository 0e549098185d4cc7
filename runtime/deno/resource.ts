/**
 * Reading and writing a connection: with the operations below `Deno.Conn` where
 * this version of Deno shows them, otherwise with the methods of `Deno.Conn`.
 *
 * The operations cost two promises less for each call, and show at once
 * whether the system took a write, as it nearly always does. They also need
 * the resource id alone, where a `Deno.Conn` with its addresses takes as much
 * memory as everything else of an idle connection.
 *
 * @module
 */
import type { NativeConn } from "./api.ts";
import { type DenoCore, ridOf } from "./internals.ts";

/** A connection as Deno holds it, to read from and write to. */
export interface Resource {
  /** The connection as a `Deno.Conn`, for calls that are rare. */
  readonly conn: NativeConn;
  /** The resource id; -1 if it is not shown. */
  readonly rid: number;
  /** Read. The result is 0 or `null` at the end. One read at a time. */
  read(into: Uint8Array): Promise<number | null>;
  /** Reject the pending read; does nothing without the operations. */
  cancelRead(): void;
  /** Write. The result is the number of bytes that the system took. */
  write(bytes: Uint8Array): Promise<number>;
  /** Send a FIN. `report` gets the error or `null`, at once if that is known. */
  closeWrite(report: (error: unknown) => void): void;
  /** Close the descriptor. */
  close(): void;
  /** The result of a read or write that is done already; otherwise -1. */
  doneAtOnce(operation: Promise<number | null>): number;
  /** The error of a write that has failed already; otherwise `null`. */
  failedAtOnce(write: Promise<number>): unknown;
  /** Whether a pending read keeps the process alive. */
  setReferenced(on: boolean): void;
}

/** States of a promise, as `getPromiseDetails` returns them. */
const FULFILLED = 1;
const REJECTED = 2;

/** The class of a `Deno.Conn`, which can be made of a resource id. */
type ConnClass = new (
  rid: number,
  remoteAddr: object,
  localAddr: object,
) => NativeConn;

/** Uses the operations below `Deno.Conn`. */
class OpResource implements Resource {
  readonly #core: DenoCore;
  readonly rid: number;
  readonly #Conn: ConnClass;
  #reading: Promise<number> | null = null;
  #referenced = true;

  constructor(core: DenoCore, conn: NativeConn) {
    this.#core = core;
    this.rid = ridOf(conn, core);
    this.#Conn = conn.constructor as ConnClass;
  }

  get conn(): NativeConn {
    return new this.#Conn(this.rid, {}, {});
  }

  read(into: Uint8Array): Promise<number> {
    const reading = this.#core.read(this.rid, into);
    if (!this.#referenced) this.#core.unrefOpPromise(reading);
    return this.#reading = reading;
  }

  cancelRead(): void {
    this.#core.cancelRead(this.rid);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#core.write(this.rid, bytes);
  }

  closeWrite(report: (error: unknown) => void): void {
    const done = this.#core.shutdown(this.rid);
    if (this.#core.getPromiseDetails(done)[0] === FULFILLED) report(null);
    else done.then(() => report(null), report);
  }

  close(): void {
    this.#core.close(this.rid);
  }

  doneAtOnce(operation: Promise<number>): number {
    const details = this.#core.getPromiseDetails(operation);
    return details[0] === FULFILLED ? details[1] as number : -1;
  }

  failedAtOnce(write: Promise<number>): unknown {
    const details = this.#core.getPromiseDetails(write);
    if (details[0] !== REJECTED) return null;
    write.catch(() => {}); // Reported by the return value.
    return details[1];
  }

  setReferenced(on: boolean): void {
    this.#referenced = on;
    if (this.#reading === null) return;
    if (on) this.#core.refOpPromise(this.#reading);
    else this.#core.unrefOpPromise(this.#reading);
  }
}

/** Uses the methods of `Deno.Conn`. */
class ConnResource implements Resource {
  readonly conn: NativeConn;
  readonly rid = -1;

  constructor(conn: NativeConn) {
    this.conn = conn;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.conn.read(into);
  }

  cancelRead(): void {}

  write(bytes: Uint8Array): Promise<number> {
    return this.conn.write(bytes);
  }

  closeWrite(report: (error: unknown) => void): void {
    this.conn.closeWrite().then(() => report(null), report);
  }

  close(): void {
    this.conn.close();
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

/**
 * Make a resource of a connection.
 *
 * @param core The operations below `Deno.Conn`, if they may be used.
 */
export function resourceOf(conn: NativeConn, core: DenoCore | null): Resource {
  return core === null ? new ConnResource(conn) : new OpResource(core, conn);
}

/**
 * Set an option of a connection. As in Node, it does not matter if that fails:
 * macOS refuses every option of a socket that is shut on both sides, as that of
 * a peer that connects and resets.
 */
export function trySetting(set: () => void): void {
  try {
    set();
  } catch {
    // Reading or writing reports what has happened to the connection.
  }
}
