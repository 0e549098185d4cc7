/**
 * Faults of old releases of Bun that nothing but the version shows.
 *
 * @module
 */
import { process } from "../builtins.ts";
import { isOlder } from "../floor.ts";
import { setImmediate } from "../timers.ts";

function isBefore(version: string): boolean {
  return isOlder(process.versions.bun!, version);
}

/**
 * Repeat the `unref()` of a socket that is made of a descriptor. Before 1.4.3,
 * Bun forgets what it was asked for in `open` (not reported).
 *
 * @param connection The connection over the socket.
 */
export function repeatUnref(
  socket: { readonly fd: number; ref(): void; unref(): void },
  connection: { readonly holding: boolean },
): void {
  if (!isBefore("1.4.3")) return;
  setImmediate(() => {
    if (connection.holding || socket.fd < 0) return;
    socket.ref();
    socket.unref();
  });
}

/**
 * Whether a socket of `node:net` reads on although a listener of `'connect'` has
 * paused it (not reported).
 */
export function forgetsPause(): boolean {
  return isBefore("1.4.1");
}
