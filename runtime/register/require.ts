/**
 * Answering `require("net")`.
 *
 * @module
 */
import { Module } from "node:module";
import { isNet, type Replacement } from "./replacement.ts";

type Load = (this: unknown, request: string, ...rest: unknown[]) => unknown;

/** What Node and Deno call for each `require`; not documented, widely used. */
interface ModuleLoader {
  _load: Load;
}

/**
 * Answer the `require` of Node and Deno with the replacement.
 *
 * A hook of `module.registerHooks` would be asked, too, but could only name a
 * module, whose namespace is not what `require("net")` gives.
 *
 * @param replacement What to answer with.
 */
export function answerLoad(replacement: Replacement): void {
  const loader = Module as unknown as ModuleLoader;
  const original = loader._load;
  loader._load = function (request, ...rest) {
    return isNet(request)
      ? replacement.load().default
      : original.call(this, request, ...rest);
  };
}

type Compile = (
  this: unknown,
  content: string,
  filename: string,
  format?: string,
) => unknown;

/** What Deno loads a file with; not documented. */
interface ModuleCompiler {
  readonly _extensions: Record<
    ".mjs",
    (module: unknown, filename: string) => unknown
  >;
  readonly prototype: { _compile: Compile };
}

/**
 * Have Deno load every ES module that is required as it loads a file that ends
 * in `.mjs`. Its way for a `.js` of a package of type `module` fails once there
 * is a hook: "Cannot resolve module", or a panic (2.9; not reported).
 */
export function mendRequireOfModules(): void {
  const { prototype, _extensions } = Module as unknown as ModuleCompiler;
  const original = prototype._compile;
  prototype._compile = function (content, filename, format) {
    return format === "module"
      ? _extensions[".mjs"](this, filename)
      : original.call(this, content, filename, format);
  };
}

/**
 * Answer the `require` of Bun, which calls no `Module._load`.
 *
 * @param replacement What to answer with.
 */
export function answerRequire(replacement: Replacement): void {
  const prototype = Module.prototype as unknown as { require: Load };
  const original = prototype.require;
  prototype.require = function (request, ...rest) {
    return isNet(request)
      ? replacement.load().default
      : original.call(this, request, ...rest);
  };
}
