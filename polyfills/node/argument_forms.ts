/**
 * The call forms that `connect` and `listen` share.
 *
 * @module
 */

/** The options and the listener that {@linkcode normalizeArgs} returns. */
export type NormalizedArgs<Options extends object = object> = [
  options: Options,
  listener: ((...args: never[]) => void) | null,
];

/** Marks the arrays that {@linkcode normalizeArgs} returns. */
const NORMALIZED: unique symbol = Symbol("normalizedArgs");

/** Whether a value was returned by {@linkcode normalizeArgs}. */
export function isNormalized(value: unknown): value is NormalizedArgs {
  return Array.isArray(value) && NORMALIZED in value;
}

/** Convert a value to a number; `false` if that is negative or not a number. */
export function toNumber(value: unknown): number | false {
  const number = Number(value);
  return number >= 0 ? number : false;
}

/** Whether a value is the path of a Unix domain socket or pipe, not a port. */
export function isPipeName(value: unknown): value is string {
  return typeof value === "string" && toNumber(value) === false;
}

/**
 * Bring the arguments of `connect` or `listen` into one form: `(options, cb)`
 * stays, `(path, cb)` becomes `{ path }`, `(port, host, cb)` becomes
 * `{ port, host }`. Packages know it as `net._normalizeArgs`.
 *
 * @param args The arguments of the call.
 * @returns The options, and the last argument if it is a function. Otherwise the
 * listener is `null`.
 */
export function normalizeArgs<Options extends object = object>(
  args: readonly unknown[],
): NormalizedArgs<Options> {
  const [first, second] = args;
  let options: object = {};
  if (typeof first === "object" && first !== null) options = first;
  else if (isPipeName(first)) options = { path: first };
  else if (args.length > 0) {
    options = typeof second === "string"
      ? { port: first, host: second }
      : { port: first };
  }
  const last = args.at(-1);
  const normalized: unknown[] & { [NORMALIZED]?: true } = [
    options,
    typeof last === "function" ? last : null,
  ];
  normalized[NORMALIZED] = true;
  return normalized as NormalizedArgs<Options>;
}
