/**
 * Which runtime this is, and so which adapter a socket or server gets unless
 * its options name one. No other file asks where it runs.
 *
 * @module
 */
import type { RuntimeAdapter } from "./adapter.ts";
import { builtin } from "./builtins.ts";
import { createBunAdapter } from "./bun/adapter.ts";
import { denoAdapter } from "./deno/adapter.ts";
import { isNetUnable } from "./deno/internals.ts";
import { checkFloor } from "./floor.ts";
import { bunDialect, denoDialect } from "./net_dialects.ts";
import { createNodeAdapter } from "./node/adapter.ts";
import { nodeDialect } from "./node/dialect.ts";
import { withFallback } from "./with_fallback.ts";

export { createServerHandle } from "./node/handle.ts";
export {
  idleTimerSymbol,
  nativeServerPrototype,
  nativeSocketPrototype,
  setSimultaneousAccepts,
} from "./node/native.ts";
export type { NativeBlockList, NativeServer } from "./node/native_types.ts";

checkFloor();

let current: RuntimeAdapter | undefined;

const isDeno = "Deno" in globalThis;
const isBun = "Bun" in globalThis;

/** The adapter over the `node:net` of this runtime. */
export const nodeAdapter: RuntimeAdapter = createNodeAdapter(
  isDeno ? denoDialect : isBun ? bunDialect : nodeDialect,
);

/** The native API, if there is one, and `node:net` for what it lacks. */
function detect(): RuntimeAdapter {
  if (!isDeno && !isBun) return nodeAdapter;
  return withFallback(
    isDeno ? denoAdapter : createBunAdapter(nodeAdapter),
    isDeno && isNetUnable() ? undefined : nodeAdapter,
    () => builtin("node:cluster").isWorker,
  );
}

/** The adapter that sockets and servers use unless their options name one. */
export function getDefaultAdapter(): RuntimeAdapter {
  return current ??= detect();
}

/**
 * The adapter that options name, otherwise the default one. Only a property of
 * their own counts: one that came to `Object.prototype` would take every
 * connection of the program elsewhere.
 */
export function adapterOf(
  options: { readonly adapter?: RuntimeAdapter | undefined },
): RuntimeAdapter {
  const own = Object.hasOwn(options, "adapter") ? options.adapter : undefined;
  return own ?? getDefaultAdapter();
}

/**
 * Use another adapter for every socket and server made from now on.
 *
 * @param adapter The new default; `undefined` returns to the runtime's own.
 */
export function setDefaultAdapter(adapter: RuntimeAdapter | undefined): void {
  current = adapter;
}
