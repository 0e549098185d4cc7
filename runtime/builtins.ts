/**
 * Modules of the runtime that cost much to import, each loaded when it is asked
 * for.
 *
 * An `import` reads every member of a module, to have it as a named export. On
 * Node, that opens the standard streams of `node:process`, and loads what
 * `node:fs`, `node:dns` and others load only for who uses it.
 * `process.getBuiltinModule` gives a module as it is. `node:fs` alone is more
 * than half of what an import of this package would cost on Deno.
 *
 * @module
 */
import type nodeCluster from "node:cluster";
import type nodeDns from "node:dns";
import type nodeFs from "node:fs";
import type nodeHttp from "node:http";
import type nodeOs from "node:os";
import type nodeProcess from "node:process";
import type nodeTimers from "node:timers";
import type nodeTls from "node:tls";
import type nodeUtil from "node:util";

/** The modules by name. */
interface Builtins {
  readonly "node:cluster": typeof nodeCluster;
  readonly "node:dns": typeof nodeDns;
  readonly "node:fs": typeof nodeFs;
  readonly "node:http": typeof nodeHttp;
  readonly "node:os": typeof nodeOs;
  readonly "node:process": typeof nodeProcess;
  readonly "node:timers": typeof nodeTimers;
  readonly "node:tls": typeof nodeTls;
  readonly "node:util": typeof nodeUtil;
}

type GetBuiltin = <Name extends keyof Builtins>(name: Name) => Builtins[Name];

/** As `import` gives its default export: one object for all who ask. */
export const builtin: GetBuiltin =
  (globalThis as unknown as { process: { getBuiltinModule: GetBuiltin } })
    .process.getBuiltinModule;

/** The runtime's own `process`, also where a test has another as the global. */
export const process: typeof nodeProcess = builtin("node:process");
