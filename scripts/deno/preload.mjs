/**
 * Preloaded into `deno test`. With `node:test`, Deno 2.9 reports a file as
 * passed even if it threw while it was loaded, or if a timer threw after its
 * test. The script that runs the file looks for the line printed here.
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
