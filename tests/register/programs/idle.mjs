/**
 * Asks for `net` by its argument only, and prints whether the package was
 * loaded. The loader's hooks that it counts with are set by `count_loads.mjs`.
 */
import process from "node:process";

if (process.argv[2]) await import(process.argv[2]);
console.log(/** @type {any} */ (globalThis).loaded);
