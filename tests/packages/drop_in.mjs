/**
 * Puts a module in the place of `net` for packages that `require` it.
 *
 * @module
 */
import module from "node:module";

const { Module } = module;
const names = ["net", "node:net"];

/** @param {object} net */
export function dropIn(net) {
  const loader =
    /** @type {{ _load(request: string, ...rest: unknown[]): unknown }} */ (
      /** @type {unknown} */ (Module)
    );
  const { _load } = loader;
  loader._load = function (request, ...rest) {
    return names.includes(request) ? net : _load.call(this, request, ...rest);
  };
  // Bun calls no `_load`.
  const { require } = Module.prototype;
  /** @param {string} request */
  Module.prototype.require = function (request) {
    return names.includes(request) ? net : require.call(this, request);
  };
}
