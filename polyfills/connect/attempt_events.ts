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

/**
 * Emit an event that concerns an attempt.
 *
 * @param rest What follows the address among its arguments.
 */
export function emitAttempt(
  socket: AttemptEmitter,
  event:
    | "connectionAttempt"
    | "connectionAttemptFailed"
    | "connectionAttemptTimeout",
  target: ConnectTarget,
  ...rest: unknown[]
): void {
  const address = target.kind === "tcp"
    ? [target.address, target.port, target.family]
    : [target.path, undefined, undefined];
  callListeners(() => socket.emit(event, ...address, ...rest));
}
