/**
 * Prints which of the larger modules Node has loaded.
 */
import process from "node:process";

/** @type {string[]} Not documented. */
const list = /** @type {any} */ (process).moduleLoadList;
const names = list.filter((name) => /^NativeModule (net|tls|http)$/.test(name));
console.log(JSON.stringify({ names }));
