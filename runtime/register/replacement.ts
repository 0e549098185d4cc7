/**
 * What the hooks put in the place of `net`.
 *
 * @module
 */

/** A module that answers for `net`. */
export interface Replacement {
  /** Where the module is, for the hooks of `import`. */
  readonly url: string;
  /** Loads the module if it is not there yet, and returns its namespace. */
  load(): NetNamespace;
}

/** The namespace of a module that can answer for `net`. */
export interface NetNamespace {
  /** What `require("net")` gives: a plain object whose members can be set. */
  readonly default: object;
}

/**
 * Whether this is the name of the runtime's own `net`.
 *
 * @param specifier What an `import` or a `require` asks for.
 */
export function isNet(specifier: unknown): boolean {
  return specifier === "net" || specifier === "node:net";
}
