/**
 * What a connection reads and writes with: the part that differs
 * between versions of Deno.
 *
 * @module
 */
import type { Endpoint } from "../../adapter.ts";
import type { NativeConn } from "../api.ts";
import type { TcpHandle } from "../internals.ts";

/** A connection as Deno holds it, to read from and write to. */
export interface Resource {
  /** The connection as a `Deno.Conn`, for calls that are rare. */
  readonly conn: NativeConn;
  /** The same, with its addresses. */
  connAt(local: Endpoint | null, remote: Endpoint | null): NativeConn;
  /** The resource id; -1 if it is not shown. */
  readonly rid: number;
  /** The descriptor; -1 if it is not shown. */
  readonly fd: number;
  /** Read. The result is 0 or `null` at the end. One read at a time. */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Reject the pending read.
   *
   * @returns `false` if this version has no means for that.
   */
  cancelRead(): boolean;
  /** Write. The result is the number of bytes that the system took. */
  write(bytes: Uint8Array): Promise<number>;
  /** Send a FIN. `report` gets the error or `null`, at once if that is known. */
  closeWrite(report: (error: unknown) => void): void;
  /** Close the descriptor. A pending read ends. */
  close(): void;
  /** The same without a FIN. No read and no write may be pending. */
  closeWithoutFin(): void;
  /**
   * Give up the handle that reads, if one does: it is on a duplicate of the
   * descriptor, which a RST needs.
   */
  takeHandle(): TcpHandle | null;
  /**
   * Whether a read or write was not done when its call returned. It costs much
   * less to ask than {@linkcode doneAtOnce}.
   */
  wasPending(operation: Promise<number | null>): boolean;
  /** The result of a read or write that is done already; otherwise -1. */
  doneAtOnce(operation: Promise<number | null>): number;
  /** The error of a write that has failed already; otherwise `null`. */
  failedAtOnce(write: Promise<number>): unknown;
  /** Whether a pending read keeps the process alive. */
  setReferenced(on: boolean): void;
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
