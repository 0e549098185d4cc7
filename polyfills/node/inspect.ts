/**
 * How `util.inspect` shows a class whose state is private.
 *
 * @module
 */
import type { InspectOptions } from "node:util";
import { builtin } from "../../runtime/builtins.ts";

/** The options that `util.inspect` passes to a class's own method. */
type Options = InspectOptions & {
  stylize(text: string, style: string): string;
};

/**
 * Make `util.inspect` show instances of a class as its name and some properties.
 *
 * The method that this adds is not part of the class's type: with
 * `isolatedDeclarations`, a declaration cannot contain its name, a symbol.
 *
 * @param prototype The prototype of the class.
 * @param name The name of the class.
 * @param properties Returns the properties of an instance to show.
 */
export function inspectAs<T extends object>(
  prototype: T,
  name: string,
  properties: (instance: T) => object,
): void {
  Object.defineProperty(
    prototype,
    Symbol.for("nodejs.util.inspect.custom"),
    {
      value(this: T, depth: number, options: Options): string {
        if (depth < 0) return options.stylize(`[${name}]`, "special");
        const left = options.depth == null ? null : options.depth - 1;
        const inner = { ...options, depth: left };
        const { inspect } = builtin("node:util");
        return `${name} ${inspect(properties(this), inner)}`;
      },
      configurable: true,
      writable: true,
    },
  );
}
