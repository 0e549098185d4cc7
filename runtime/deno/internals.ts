/**
 * What is used of Deno's inside, found by looking for it: the operations below
 * `Deno.Conn`, and the handle class of the runtime's `node:net`. Neither needs
 * a permission. A version that lacks them is served through the public API, at
 * the price that each place states.
 *
 * @module
 */
import process from "node:process";
import { denoNamespace, type NativeConn } from "./api.ts";

/** The operations on a connection by its number, the "rid". */
export interface DenoCore {
  readonly internalRidSymbol: symbol;
  /** Resolves to the number of bytes; 0 at the end. */
  read(rid: number, into: Uint8Array): Promise<number>;
  /** Settled when it returns, if the system took bytes at once. */
  write(rid: number, bytes: Uint8Array): Promise<number>;
  /** Make a pending read reject. */
  cancelRead(rid: number): void;
  /** Send a FIN. */
  shutdown(rid: number): Promise<void>;
  /** Close the descriptor. */
  close(rid: number): void;
  refOpPromise(promise: Promise<unknown>): void;
  unrefOpPromise(promise: Promise<unknown>): void;
  /** State (0 pending, 1 fulfilled, 2 rejected) and result of a promise. */
  getPromiseDetails(
    promise: Promise<unknown>,
  ): [state: number, result: unknown];
}

/** A TCP handle of the runtime's `node:net`; calls return 0 or an error. */
export interface TcpHandle {
  /** Open a duplicate of the descriptor of a connection. */
  openFromRid(rid: number): number;
  /** Linger for zero seconds, and close the duplicate. */
  reset(): number;
  /** Turn keep-alive on or off, with the delay in seconds. */
  setKeepAlive(on: boolean, delay: number): number;
  /** A descriptor of the same socket, the caller's to close. */
  fdForIpc?(): number;
  /** Close the duplicate. */
  close(): void;
}

/** Makes handles; 0 is the type of a connection. */
export interface TcpHandleClass {
  new (type: number): TcpHandle;
  readonly prototype: Partial<TcpHandle>;
}

const CORE_MEMBERS = [
  "read",
  "write",
  "cancelRead",
  "shutdown",
  "close",
  "refOpPromise",
  "unrefOpPromise",
  "getPromiseDetails",
] as const;

function findCore(): DenoCore | null {
  const deno = denoNamespace();
  if (typeof deno.internal !== "symbol") return null;
  const { core } = (deno as unknown as Record<symbol, { core?: DenoCore }>)[
    deno.internal
  ] ?? {};
  return core && typeof core.internalRidSymbol === "symbol" &&
      CORE_MEMBERS.every((name) => typeof core[name] === "function")
    ? core
    : null;
}

function findHandle(): TcpHandleClass | null {
  try {
    const { TCP } = (process as unknown as {
      binding(name: string): { TCP: TcpHandleClass };
    }).binding("tcp_wrap");
    const { openFromRid, reset, setKeepAlive, close } = TCP.prototype;
    return openFromRid && reset && setKeepAlive && close ? TCP : null;
  } catch {
    return null;
  }
}

/** What is used of Deno's inside; `null` for what a version hides. */
export interface DenoInternals {
  /** The operations. */
  readonly core: DenoCore | null;
  /** The handle class. */
  readonly Handle: TcpHandleClass | null;
}

/** The public API alone. */
export const NO_INTERNALS: DenoInternals = { core: null, Handle: null };

let found: DenoInternals | undefined;

/** What this version shows. */
export function findInternals(): DenoInternals {
  return found ??= { core: findCore(), Handle: findHandle() };
}

/** The number of a connection; -1 if it cannot be told. */
export function ridOf(conn: NativeConn, core: DenoCore): number {
  return (conn as unknown as Record<symbol, number>)[core.internalRidSymbol] ??
    -1;
}
