/**
 * One `'close'` for each socket, where the runtime's `tls` emits another: on
 * the socket below an encrypted one that has closed, which it does not destroy.
 *
 * @module
 */
import type { Duplex } from "node:stream";

/** The socket whose own `'close'` is being emitted. */
let closing: object | null = null;

/** Emit `'close'` on a socket that may be guarded. */
export function emitClose(
  socket: { emit(event: "close", hadError?: boolean): unknown },
  ...args: [hadError?: boolean]
): void {
  closing = socket;
  try {
    socket.emit("close", ...args);
  } finally {
    closing = null;
  }
}

/** Destroy a socket when others emit its `'close'`, which then follows. */
export function guardClose(socket: Duplex): void {
  const emit = socket.emit as (
    this: Duplex,
    ...args: unknown[]
  ) => boolean;
  Object.defineProperty(socket, "emit", {
    value(this: Duplex, ...args: unknown[]): boolean {
      if (args[0] !== "close" || closing === this) {
        return emit.apply(this, args);
      }
      this.destroy();
      return true;
    },
    configurable: true,
    writable: true,
  });
}
