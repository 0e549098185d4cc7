/**
 * Which adapter a socket or server gets that names none.
 *
 * @module
 */
import type { RuntimeAdapter } from "./adapter.ts";
import { nodeAdapter } from "./node.ts";

let current: RuntimeAdapter | undefined;

function detect(): RuntimeAdapter {
  return nodeAdapter;
}

/** The adapter that sockets and servers use unless their options name one. */
export function getDefaultAdapter(): RuntimeAdapter {
  return current ??= detect();
}

/**
 * Use another adapter for every socket and server made from now on.
 *
 * @param adapter The new default; `undefined` goes back to the runtime's own.
 */
export function setDefaultAdapter(adapter: RuntimeAdapter | undefined): void {
  current = adapter;
}
