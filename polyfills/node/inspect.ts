/**
 * How `util.inspect` shows a class whose state is private.
 *
 * @module
 */
import { inspect, type InspectOptions } from "node:util";

/** What `util.inspect` gives to a method that it calls. */
type Options = InspectOptions & {
  stylize(text: string, style: string): string;
};

/**
 * Let instances of a class be shown as its name and some properties.
 *
 * The method is not part of the class's type: its name is a symbol that
 * declarations made from one file alone cannot express.
 *
 * @param prototype The prototype of the class.
 * @param name The name of the class.
 * @param properties What to show of an instance.
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
        return `${name} ${inspect(properties(this), inner)}`;
      },
      configurable: true,
      writable: true,
    },
  );
}
