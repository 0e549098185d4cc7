/**
 * Getting the runtime's own `node:net`, whatever answers `import "node:net"`.
 *
 * An alias of a bundler, an import map or a hook may send that import to this
 * package, which would then ask itself. `process.getBuiltinModule` is out of
 * their reach.
 *
 * @module
 */
import type nodeNet from "node:net";
import { process } from "./builtins.ts";

/** As `process.getBuiltinModule`, for the one module that is asked for here. */
export interface NetGetter {
  (id: "node:net"): typeof nodeNet;
  /** The runtime's own, on a function put in its place. */
  [ORIGINAL]?: NetGetter;
}

/**
 * Where a function that stands in for `process.getBuiltinModule` has the
 * runtime's own. A global symbol: another copy of this package finds it, too.
 */
export const ORIGINAL: unique symbol = Symbol.for("isonet.getBuiltinModule");

/** The runtime's own `node:net`, which is loaded then. */
export function getOwnNet(): typeof nodeNet {
  const { getBuiltinModule } = process as unknown as {
    getBuiltinModule: NetGetter;
  };
  const original = getBuiltinModule[ORIGINAL] ?? getBuiltinModule;
  return original.call(process, "node:net");
}
