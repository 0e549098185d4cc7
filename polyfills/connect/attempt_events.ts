/**
 * The events of an attempt to connect. If a listener throws, its exception is
 * uncaught, and the connecting goes on; in Node it stops there for good.
 *
 * @module
 */
import type { ConnectTarget } from "../../runtime/adapter.ts";
import { setImmediate } from "../../runtime/timers.ts";

/** The socket, as the emitter of these events. */
interface AttemptEmitter {
  emit(event: string, ...args: unknown[]): boolean;
}

/**
 * Call listeners; an exception is that of a turn of its own. In a tick it would
 * hold up the ticks that follow, and `'close'` might overtake `'error'`.
 */
export function callListeners(call: () => void): void {
  try {
    call();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}

function emitThen(
  goOn: (() => void) | undefined,
  socket: AttemptEmitter,
  event: string,
  target: ConnectTarget,
  ...more: unknown[]
): void {
  const address = target.kind === "tcp"
    ? [target.address, target.port, target.family]
    : [target.path, undefined, undefined];
  callListeners(() => socket.emit(event, ...address, ...more));
  goOn?.();
}

/** Emit `'connectionAttempt'`, then go on. */
export function announceAttempt(
  socket: AttemptEmitter,
  target: ConnectTarget,
  goOn?: () => void,
): void {
  emitThen(goOn, socket, "connectionAttempt", target);
}

/** Emit `'connectionAttemptFailed'`, then go on. */
export function reportFailure(
  socket: AttemptEmitter,
  target: ConnectTarget,
  error: Error,
  goOn?: () => void,
): void {
  emitThen(goOn, socket, "connectionAttemptFailed", target, error);
}

/** Emit `'connectionAttemptTimeout'`, then go on. */
export function reportTimeout(
  socket: AttemptEmitter,
  target: ConnectTarget,
  goOn: () => void,
): void {
  emitThen(goOn, socket, "connectionAttemptTimeout", target);
}
