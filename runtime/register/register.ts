/**
 * Puts a module in the place of `net` for all code that is loaded after it.
 *
 * @module
 */
import { answerGetBuiltinModule, isAnswered } from "./builtin.ts";
import { answerBunImport } from "./bun_plugin.ts";
import { answerImport, hasSyncHooks } from "./import.ts";
import type { Replacement } from "./replacement.ts";
import { answerLoad, answerRequire, mendRequireOfModules } from "./require.ts";

/**
 * Answer `require` and `import` of `net` and `node:net`, and
 * `process.getBuiltinModule("net")`, with another module. Once is enough: a
 * second call in the same thread does nothing.
 *
 * @param replacement What to answer with.
 * @throws {Error} On a runtime without hooks for modules.
 */
export function register(replacement: Replacement): void {
  if (isAnswered()) return;
  if ("Bun" in globalThis) {
    answerBunImport(replacement);
    answerRequire(replacement);
  } else {
    if ("Deno" in globalThis) mendRequireOfModules();
    // Node before 22.15 refuses to require a module that is about to be
    // imported (ERR_REQUIRE_CYCLE_MODULE).
    if (!hasSyncHooks) replacement.load();
    answerImport(replacement);
    answerLoad(replacement);
  }
  answerGetBuiltinModule(replacement);
}
