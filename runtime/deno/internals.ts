/**
 * The parts of Deno's inside that the backend uses: the operations below
 * `Deno.Conn`, and the handle class of the runtime's `node:net`. Neither needs
 * a permission. Both are looked for before use. On a version without them the
 * backend uses the public API alone; each place that uses them says what is
 * lost then.
 *
 * @module
 */
import { process } from "../builtins.ts";
import { denoNamespace, type NativeConn } from "./api.ts";

/** The operations on a connection, which is named by its resource id (rid). */
export interface DenoCore {
  readonly internalRidSymbol: symbol;
  /** The promise of an operation that is not done at once has a number there. */
  readonly promiseIdSymbol?: symbol;
  /** Where an accepted connection has its descriptor. */
  readonly internalFdSymbol?: symbol;
  /** Resolves to the number of bytes; 0 at the end. */
  read(rid: number, into: Uint8Array): Promise<number>;
  /** The promise is settled already if the system took bytes at once. */
  write(rid: number, bytes: Uint8Array): Promise<number>;
  /** Make a pending read reject; since 2.8.3. */
  cancelRead?(rid: number): void;
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
  /** The contexts of every `AsyncLocalStorage`; `undefined` outside of all. */
  readonly getAsyncContext?: () => unknown;
}

/** A TCP handle of the runtime's `node:net`; calls return 0 or an error. */
export interface TcpHandle {
  /** Open a duplicate of the descriptor of a connection. */
  openFromRid(rid: number): number;
  /** Linger for zero seconds, and close the duplicate. */
  reset(): number;
  /** Turn keep-alive on or off, with the delay in seconds; since 2.8.3. */
  setKeepAlive?(on: boolean, delay: number): number;
  /** Turn Nagle's algorithm off (`true`) or on. */
  setNoDelay?(on: boolean): number;
  /** Start to read, for whoever has set `onread`. */
  readStart?(): number;
  /** Read no more for now. */
  readStop?(): number;
  /** Called with what was read. */
  onread?(memory?: ArrayBufferLike): void;
  /** Bytes read by this handle. */
  getBytesRead?(): number;
  /** Bytes written by this handle. */
  getBytesWritten?(): number;
  /** Let the handle keep the process alive, or not. */
  ref?(): void;
  unref?(): void;
  /** A descriptor of the same socket, for another process. */
  fdForIpc?(): number;
  /** Send a FIN; 0, and `oncomplete` follows, or an error number. */
  shutdown?(request: ShutdownRequest): number;
  /** Close the duplicate. A callback may follow. */
  close(...args: unknown[]): void;
}

/** A FIN that is to be sent. */
interface ShutdownRequest {
  oncomplete?: () => void;
}

/** The class of these handles; type 0 is a connection. */
export interface TcpHandleClass {
  new (type: number): TcpHandle;
  readonly prototype: Partial<TcpHandle>;
}

const CORE_MEMBERS = [
  "read",
  "write",
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

/** What `process.binding` gives; nothing where it refuses. */
function findBinding<T>(name: string): Partial<T> {
  try {
    return (process as unknown as { binding(name: string): Partial<T> })
      .binding(name);
  } catch {
    return {};
  }
}

/** The class of what `shutdown` of a handle takes. */
export function findShutdownRequest(): (new () => ShutdownRequest) | null {
  const { ShutdownWrap } = findBinding<
    { ShutdownWrap: new () => ShutdownRequest }
  >("stream_wrap");
  return ShutdownWrap ?? null;
}

/** A class of handles, to tell them by. */
export interface NativeHandleClass {
  readonly prototype: object;
}

function findPipe(): NativeHandleClass | null {
  return findBinding<{ Pipe: NativeHandleClass }>("pipe_wrap").Pipe ?? null;
}

function findHandle(): TcpHandleClass | null {
  const { TCP } = findBinding<{ TCP: TcpHandleClass }>("tcp_wrap");
  if (TCP === undefined) return null;
  const { openFromRid, reset, close } = TCP.prototype;
  return openFromRid && reset && close ? TCP : null;
}

/** A class of handles that are JavaScript over a `Deno.Conn`. */
export interface ConnHandleClass {
  new (type: number, conn: NativeConn): {
    [field: symbol]: unknown;
    ref(): void;
    unref(): void;
    close(...args: unknown[]): void;
  };
}

/** These classes, and where their handles have the `Deno.Conn`. */
export interface ConnHandles {
  readonly TCP: ConnHandleClass;
  readonly Pipe: ConnHandleClass;
  readonly field: symbol;
}

/** As they are up to 2.7.12. */
function findConnHandles(): ConnHandles | null {
  const { kStreamBaseField: field } = findBinding<
    { kStreamBaseField: symbol }
  >("stream_wrap");
  const { TCP } = findBinding<ConnHandles>("tcp_wrap");
  const { Pipe } = findBinding<ConnHandles>("pipe_wrap");
  return field && TCP && Pipe ? { TCP, Pipe, field } : null;
}

/** Where a handle puts the number of bytes before it calls `onread`. */
export interface ReadState {
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kArrayBufferOffset: number;
}

let readState: ReadState | null | undefined;

/** Look for that place, once; `null` for a version that hides it. */
export function findReadState(): ReadState | null {
  if (readState === undefined) {
    const found = findBinding<ReadState>("stream_wrap");
    readState = found.streamBaseState ? found as ReadState : null;
  }
  return readState;
}

/** The parts that this version shows; `null` for one that it hides. */
export interface DenoInternals {
  /** The operations below `Deno.Conn`. */
  readonly core: DenoCore | null;
  /** The handle class of `node:net`. */
  readonly Handle: TcpHandleClass | null;
  /** The class of its handles of paths. */
  readonly Pipe: NativeHandleClass | null;
  /** Its handles where they are JavaScript, and not native. */
  readonly connHandles: ConnHandles | null;
}

/** None: the public API alone. */
export const NO_INTERNALS: DenoInternals = {
  core: null,
  Handle: null,
  Pipe: null,
  connHandles: null,
};

let found: DenoInternals | undefined;

/** Look for the parts, once. */
export function findInternals(): DenoInternals {
  return found ??= {
    core: findCore(),
    Handle: findHandle(),
    Pipe: findPipe(),
    connHandles: findConnHandles(),
  };
}

/**
 * Whether `node:net` is no second transport: up to 2.7.12, its handles are
 * JavaScript over `Deno.Conn`. It knows no more than the backend does, ignores
 * the options that `Deno.connect` and `Deno.listen` lack, and closes the
 * connection where it is to end one side.
 */
export function isNetUnable(): boolean {
  return findInternals().connHandles !== null;
}

/** A number that Deno keeps on a connection; -1 if it has none. */
function numberOn(conn: NativeConn, symbol: symbol | undefined): number {
  const numbers = conn as unknown as Record<symbol, number | undefined>;
  return (symbol && numbers[symbol]) ?? -1;
}

/** The resource id of a connection; -1 if it has none. */
export function ridOf(conn: NativeConn, core: DenoCore): number {
  return numberOn(conn, core.internalRidSymbol);
}

/** The descriptor of a connection; -1 if it is not shown. */
export function fdOf(conn: NativeConn, core: DenoCore): number {
  return numberOn(conn, core.internalFdSymbol);
}
