/**
 * The hooks of `module.register`, which run in a thread of their own.
 *
 * @module
 */
import { isNet } from "./replacement.ts";

type NextResolve = (specifier: string, context: object) => Promise<object>;

let answer = "";

/**
 * Called once, before the hooks.
 *
 * @param url Of the module that answers for `net`.
 */
export function initialize(url: string): void {
  answer = url;
}

/** Where a module is. */
export function resolve(
  specifier: string,
  context: object,
  next: NextResolve,
): object | Promise<object> {
  if (!isNet(specifier)) return next(specifier, context);
  return { url: answer, format: "module", shortCircuit: true };
}
