/**
 * Preloaded into `deno test`. With `node:test`, Deno 2.9 reports a file as
 * passed although it threw while it was loaded, or a timer threw after its
 * test; the line printed here tells the script that runs the file.
 *
 * @module
 */
const scope = /** @type {EventTarget} */ (/** @type {unknown} */ (globalThis));

for (const type of ["error", "unhandledrejection"]) {
  scope.addEventListener(type, (event) => {
    const { error, reason } =
      /** @type {Event & { error?: unknown, reason?: unknown }} */ (event);
    console.error("uncaught error:", error ?? reason);
  });
}
