/**
 * Which adapter a socket or server gets that names none.
 *
 * @module
 */
import cluster from "node:cluster";
import type { RuntimeAdapter } from "./adapter.ts";
import { bunAdapter } from "./bun/adapter.ts";
import { denoAdapter } from "./deno/adapter.ts";
import { nodeAdapter } from "./node/adapter.ts";
import { withFallback } from "./with_fallback.ts";

export { createServerHandle } from "./node/handle.ts";

let current: RuntimeAdapter | undefined;

/** The runtime's own, with its `node:net` for what the native API lacks. */
function detect(): RuntimeAdapter {
  const native = "Deno" in globalThis
    ? denoAdapter
    : "Bun" in globalThis
    ? bunAdapter
    : undefined;
  return native
    ? withFallback(native, nodeAdapter, () => cluster.isWorker)
    : nodeAdapter;
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
