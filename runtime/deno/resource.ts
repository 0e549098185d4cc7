/**
 * Reading and writing a `Deno.Conn`: by the operations below it where this
 * version shows them, by its own methods else.
 *
 * The operations save two promises a call, and tell at once whether the system
 * took a write, as it does nearly always; the methods tell later. And they
 * need a number only: a `Deno.Conn` with its addresses weighs as much as all
 * the rest of an idle connection.
 *
 * @module
 */
import type { NativeConn } from "./api.ts";
import { type DenoCore, ridOf } from "./internals.ts";

/** What a connection reads from and writes to. */
export interface Resource {
  /** The connection itself, for what is seldom done with it. */
  readonly conn: NativeConn;
  /** Read; 0 or `null` is the end. One read at a time. */
  read(into: Uint8Array): Promise<number | null>;
  /** Make the pending read reject, where that can be done. */
  cancelRead(): void;
  /** Write; resolves to the number of bytes that were taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Send a FIN. */
  closeWrite(): Promise<void>;
  /** Close the descriptor. */
  close(): void;
  /** The result of a read or write that is done already; -1 if it is not. */
  doneAtOnce(operation: Promise<number | null>): number;
  /** Why a write failed that has failed already; `null` if it has not. */
  failedAtOnce(write: Promise<number>): unknown;
  /** Whether a pending read keeps the process alive. */
  setReferenced(on: boolean): void;
}

/** States of a promise in `getPromiseDetails`. */
const FULFILLED = 1;
const REJECTED = 2;

/** The class of a `Deno.Conn`, to make one of its number. */
type ConnClass = new (
  rid: number,
  remoteAddr: object,
  localAddr: object,
) => NativeConn;

class OpResource implements Resource {
  readonly #core: DenoCore;
  readonly #rid: number;
  readonly #Conn: ConnClass;
  #reading: Promise<number> | null = null;
  #referenced = true;

  constructor(core: DenoCore, conn: NativeConn) {
    this.#core = core;
    this.#rid = ridOf(conn, core);
    this.#Conn = conn.constructor as ConnClass;
  }

  get conn(): NativeConn {
    return new this.#Conn(this.#rid, {}, {});
  }

  read(into: Uint8Array): Promise<number> {
    const reading = this.#core.read(this.#rid, into);
    if (!this.#referenced) this.#core.unrefOpPromise(reading);
    return this.#reading = reading;
  }

  cancelRead(): void {
    this.#core.cancelRead(this.#rid);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#core.write(this.#rid, bytes);
  }

  closeWrite(): Promise<void> {
    return this.#core.shutdown(this.#rid);
  }

  close(): void {
    this.#core.close(this.#rid);
  }

  doneAtOnce(operation: Promise<number>): number {
    const details = this.#core.getPromiseDetails(operation);
    return details[0] === FULFILLED ? details[1] as number : -1;
  }

  failedAtOnce(write: Promise<number>): unknown {
    const details = this.#core.getPromiseDetails(write);
    if (details[0] !== REJECTED) return null;
    write.catch(() => {}); // Told already.
    return details[1];
  }

  setReferenced(on: boolean): void {
    this.#referenced = on;
    if (this.#reading === null) return;
    if (on) this.#core.refOpPromise(this.#reading);
    else this.#core.unrefOpPromise(this.#reading);
  }
}

class ConnResource implements Resource {
  readonly conn: NativeConn;

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

  closeWrite(): Promise<void> {
    return this.conn.closeWrite();
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
 * The way to read and write a connection.
 *
 * @param core The operations, if they may be used.
 */
export function resourceOf(conn: NativeConn, core: DenoCore | null): Resource {
  return core === null ? new ConnResource(conn) : new OpResource(core, conn);
}
