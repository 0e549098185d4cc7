/**
 * Faults of old releases of Bun that nothing but the version shows.
 *
 * @module
 */
import { process } from "../../builtins.ts";
import { isOlder } from "../../floor.ts";
import { setImmediate } from "../../timers.ts";

const version = process.versions.bun;

function isBefore(release: string): boolean {
  return version !== undefined && isOlder(version, release);
}

/**
 * Whether Bun's own `net` and `cluster` listen on no descriptor and no handle
 * (not reported).
 */
export const listensOnNoHandle: boolean = isBefore("1.4.0");

/**
 * Whether `Bun.connect` ignores the options for the address to connect from
 * (https://github.com/oven-sh/bun/issues/6888).
 */
export const ignoresSource: boolean = isBefore("1.4.0");

/** Whether the sockets are those of Bun before 1.4, see `old_socket.ts`. */
export const hasOldSockets: boolean = isBefore("1.4.0");

/** Whether a socket of a descriptor forgets what `open` asked for. */
const forgetsUnref = isBefore("1.4.3");

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
  if (!forgetsUnref) return;
  setImmediate(() => {
    if (connection.holding || socket.fd < 0) return;
    socket.ref();
    socket.unref();
  });
}
