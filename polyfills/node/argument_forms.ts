/**
 * The call forms that `connect` and `listen` share.
 *
 * @module
 */

/** Options and listener, as {@linkcode normalizeArgs} finds them. */
export type NormalizedArgs<Options extends object = object> = [
  options: Options,
  listener: ((...args: never[]) => void) | null,
];

const NORMALIZED: unique symbol = Symbol("normalizedArgs");

/** Whether a value is what {@linkcode normalizeArgs} returned. */
export function isNormalized(value: unknown): value is NormalizedArgs {
  return Array.isArray(value) && NORMALIZED in value;
}

/** A number that is not negative, or `false`. */
export function toNumber(value: unknown): number | false {
  const number = Number(value);
  return number >= 0 ? number : false;
}

/** Whether a value names a Unix domain socket or pipe rather than a port. */
export function isPipeName(value: unknown): value is string {
  return typeof value === "string" && toNumber(value) === false;
}

/**
 * Bring the arguments of `connect` or `listen` into one form: `(options, cb)`
 * stays, `(path, cb)` becomes `{ path }`, `(port, host, cb)` becomes
 * `{ port, host }`. Known to packages as `net._normalizeArgs`.
 *
 * @param args What the caller passed.
 * @returns Options and the listener, which is the last argument if that is a
 * function, else `null`.
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
