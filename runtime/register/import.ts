/**
 * Answering `import "net"` on Node and Deno.
 *
 * @module
 */
import * as module from "node:module";
import { isNet, type Replacement } from "./replacement.ts";

interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
  readonly shortCircuit?: boolean;
}

interface Context {
  readonly parentURL?: string | undefined;
}

type NextResolve = (specifier: string, context: Context) => Resolved;

/** Since Node 22.15, 23.5 and Deno 2.8. */
interface SyncHooks {
  registerHooks?(hooks: {
    resolve(specifier: string, context: Context, next: NextResolve): Resolved;
  }): void;
}

/** Node's, older than `registerHooks`; the one of Deno does nothing. */
interface ThreadHooks {
  register?(url: URL, options: { data: string }): void;
}

const { registerHooks, register } = module as SyncHooks & ThreadHooks;

/** Whether `import` is answered in this thread. */
export const hasSyncHooks: boolean = registerHooks !== undefined;

/**
 * Answer `import` with the replacement, by the hooks of `node:module`.
 *
 * @param replacement What to answer with.
 * @throws {Error} `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where the runtime has no
 * such hooks.
 */
export function answerImport(replacement: Replacement): void {
  if (registerHooks) {
    const ours: Resolved = {
      url: replacement.url,
      format: "module",
      shortCircuit: true,
    };
    const folder = new URL(".", ours.url).href;
    let loaded = false;
    registerHooks({
      resolve(specifier, context, next) {
        // Deno before 2.9.5 asks for its own modules as well.
        const isOwn = context.parentURL?.startsWith("node:");
        const found = isNet(specifier) && !isOwn
          ? ours
          : next(specifier, context);
        // Before an import begins: a require that comes meanwhile would be
        // refused (ERR_REQUIRE_ESM_RACE_CONDITION).
        if (!loaded && found.url.startsWith(folder)) {
          loaded = true;
          replacement.load();
        }
        return found;
      },
    });
  } else if (register && !("Deno" in globalThis)) {
    // The file is compiled to where its source is, with another extension.
    const extension = import.meta.url.slice(-3);
    const hooks = new URL(`./import_thread${extension}`, import.meta.url);
    register(hooks, { data: replacement.url });
  } else {
    throw Object.assign(
      new Error(
        "isonet/register needs module.registerHooks or module.register, " +
          "which this runtime does not have: Deno has them from 2.8.",
      ),
      { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" },
    );
  }
}
