/**
 * Notes whether the package's main module has been loaded.
 */
import * as module from "node:module";

const scope = /** @type {any} */ (globalThis);
scope.loaded = false;
/** @type {any} */ (module).registerHooks?.({
  load: (
    /** @type {string} */ url,
    /** @type {object} */ context,
    /** @type {(url: string, context: object) => object} */ next,
  ) => {
    if (url.endsWith("/isonet/dist/mod.js")) scope.loaded = true;
    return next(url, context);
  },
});
