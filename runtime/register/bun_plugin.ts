/**
 * Answering `import "net"` on Bun.
 *
 * @module
 */
import type { Replacement } from "./replacement.ts";

/** `Bun.plugin`, as far as it is used here. */
interface BunPlugins {
  plugin(options: { name: string; setup(builder: PluginBuilder): void }): void;
}

interface PluginBuilder {
  onResolve(
    where: { filter: RegExp; namespace: string },
    callback: () => { path: string; namespace: string },
  ): void;
  onLoad(
    where: { filter: RegExp; namespace: string },
    callback: () => { exports: object; loader: "object" },
  ): void;
}

declare const Bun: BunPlugins;

/** Where the plugin's only module is. */
const NAMESPACE = "isonet";

/**
 * Answer `import` with the replacement. Bun's plugin `module()` refuses the
 * name of a built-in, and a built-in cannot be resolved to a file.
 *
 * @param replacement What to answer with.
 */
export function answerBunImport(replacement: Replacement): void {
  Bun.plugin({
    name: "isonet",
    setup(builder) {
      // The namespace of built-ins, in which they have no prefix.
      builder.onResolve({ filter: /^net$/, namespace: "node" }, () => ({
        path: "net",
        namespace: NAMESPACE,
      }));
      builder.onLoad({ filter: /^net$/, namespace: NAMESPACE }, () => ({
        exports: replacement.load(),
        loader: "object",
      }));
    },
  });
}
