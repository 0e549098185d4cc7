/**
 * Answering `import "net"` on Node and Deno.
 *
 * @module
 */
import * as module from "node:module";
import { isNet, type Replacement } from "./replacement.ts";

type NextResolve = (specifier: string, context: object) => object;

/** Since Node 22.15, 23.5 and Deno 2.8. */
interface SyncHooks {
  registerHooks?(hooks: {
    resolve(specifier: string, context: object, next: NextResolve): object;
  }): void;
}

/** Node only; older than `registerHooks`. */
interface ThreadHooks {
  register?(url: URL, options: { data: string }): void;
}

/**
 * Answer `import` with the replacement, by the hooks of `node:module`.
 *
 * @param replacement What to answer with.
 * @throws {Error} Where the runtime has no such hooks.
 */
export function answerImport(replacement: Replacement): void {
  const { registerHooks, register } = module as SyncHooks & ThreadHooks;
  if (registerHooks) {
    registerHooks({
      resolve(specifier, context, next) {
        if (!isNet(specifier)) return next(specifier, context);
        return { url: replacement.url, format: "module", shortCircuit: true };
      },
    });
  } else if (register) {
    // The file is compiled to where its source is, with another extension.
    const extension = import.meta.url.slice(-3);
    const hooks = new URL(`./import_thread${extension}`, import.meta.url);
    register(hooks, { data: replacement.url });
  } else {
    throw new Error(
      "isonet/register needs module.registerHooks or module.register, " +
        "which this runtime does not have: Deno has them from 2.8.",
    );
  }
}
