/**
 * Preloaded into Deno to hide the parts of its inside that the backend uses, as
 * a version to come may: `runtime/deno/internals.ts` finds none of them. What
 * `deno test` itself has there stays.
 *
 * @module
 */
import process from "node:process";

const { Deno } = /** @type {{ Deno: Record<PropertyKey, unknown> }} */ (
  /** @type {unknown} */ (globalThis)
);
const inside = /** @type {symbol} */ (Deno.internal);

Object.defineProperty(Deno, inside, {
  value: Object.create(/** @type {object} */ (Deno[inside]), {
    core: { value: undefined },
  }),
});
Object.assign(process, {
  binding() {
    throw new Error("hidden");
  },
});
