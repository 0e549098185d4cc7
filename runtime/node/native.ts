/**
 * What the other modules of the runtime know a socket or a server by: `tls`,
 * `http` and `child_process` ask for an instance of a class of `node:net`, and
 * then for its handle.
 *
 * @module
 */
import { net } from "../native_net.ts";
import type { NetDialect } from "./dialect.ts";

/** The prototype of every socket of the runtime's own `net`. */
export const nativeSocketPrototype: object = net.Socket.prototype;

/** The prototype of every server of the runtime's own `net`. */
export const nativeServerPrototype: object = net.Server.prototype;

/**
 * What `net._setSimultaneousAccepts` is on this runtime. Node before 24 and Bun
 * have it: it prints a warning (DEP0121), and does nothing.
 */
export const setSimultaneousAccepts: (() => void) | undefined =
  (net as { _setSimultaneousAccepts?: () => void })._setSimultaneousAccepts;

/**
 * Where a native socket keeps its idle timer. A socket that wraps another, such
 * as one of `tls`, looks there for the timer of the other and refreshes it.
 * `undefined` on a runtime that keeps it elsewhere.
 */
export const idleTimerSymbol: symbol | undefined = Object
  .getOwnPropertySymbols(new net.Socket())
  .find((symbol) => /timeout/.test(symbol.description ?? ""));

/** A native socket or handle, or some of what it has. */
interface Native {
  readonly isStreamBase?: unknown;
  readonly readStart?: unknown;
  readonly _handle?: object | null;
}

/** Whether it is the handle of a connection, as libuv and its likenesses have. */
function isHandle(value: object): boolean {
  const { isStreamBase, readStart } = value as Native;
  return Boolean(isStreamBase) && typeof readStart === "function";
}

/**
 * The native socket for what a program has from elsewhere, as from
 * `process.on("message")`.
 *
 * @param value A socket of the runtime's own `net`, or a handle.
 * @returns `undefined` if it is neither.
 */
export function nativeSocketOf(
  value: object,
  dialect: NetDialect,
): net.Socket | undefined {
  if (value instanceof net.Socket) return value;
  const owner = dialect.ownerOf(value);
  if (owner instanceof net.Socket) return owner;
  if (!isHandle(value)) return undefined;
  // A socket reads from a handle at once, unless it is told not to.
  const options: object = {
    handle: value,
    allowHalfOpen: true,
    manualStart: true,
  };
  return new net.Socket(options);
}
