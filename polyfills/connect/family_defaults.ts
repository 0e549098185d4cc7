/**
 * The process-wide defaults for attempting several addresses of a host.
 *
 * @module
 */
import { process } from "../../runtime/builtins.ts";
import { validateBoolean, validateInt32 } from "../node/validators.ts";

/** Shortest time for an attempt, in milliseconds. */
const SHORTEST_ATTEMPT = 10;

/** Node's flags as one string, those of the command line last. */
const flags: string = [
  process.env.NODE_OPTIONS ?? "",
  ...process.execArgv,
].join(" ").replaceAll("_", "-");

/** The first group of the last match: the last flag counts. */
function lastFlag(pattern: RegExp): string | undefined {
  return [...flags.matchAll(pattern)].at(-1)?.[1];
}

let autoSelectFamily = lastFlag(
  /(?:^|\s)--(no-)?(?:enable-)?network-family-autoselection(?=\s|$)/g,
) !== "no-";
let attemptTimeout = Number(
  lastFlag(
    /(?:^|\s)--network-family-autoselection-attempt-timeout[=\s]"?(\d+)/g,
  ) ?? 500,
);

/**
 * Check the time for an attempt.
 *
 * @returns Milliseconds, at least 10.
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not a number.
 * @throws {RangeError} `ERR_OUT_OF_RANGE` if it is not a positive whole number.
 */
export function validateAttemptTimeout(value: unknown, name: string): number {
  validateInt32(value, name, 1);
  return Math.max(value, SHORTEST_ATTEMPT);
}

/**
 * Whether `connect` tries several addresses of a host unless its
 * `autoSelectFamily` option says otherwise. Initially `true`.
 */
export function getDefaultAutoSelectFamily(): boolean {
  return autoSelectFamily;
}

/**
 * Set the default that {@linkcode getDefaultAutoSelectFamily} returns.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `value` is not a boolean.
 *
 * @example
 * ```ts
 * import net from "@isonet/net";
 *
 * net.setDefaultAutoSelectFamily(false);
 * net.getDefaultAutoSelectFamily(); // false
 * ```
 */
export function setDefaultAutoSelectFamily(value: boolean): void {
  validateBoolean(value, "value");
  autoSelectFamily = value;
}

/**
 * The time in milliseconds that `connect` gives each address of a host, unless
 * its `autoSelectFamilyAttemptTimeout` option says otherwise. Initially 500.
 */
export function getDefaultAutoSelectFamilyAttemptTimeout(): number {
  return attemptTimeout;
}

/**
 * Set the default that
 * {@linkcode getDefaultAutoSelectFamilyAttemptTimeout} returns.
 *
 * @param value Milliseconds, a positive whole number; below 10 counts as 10.
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not a number.
 * @throws {RangeError} `ERR_OUT_OF_RANGE` if it is not positive or not whole.
 *
 * @example
 * ```ts
 * import net from "@isonet/net";
 *
 * net.setDefaultAutoSelectFamilyAttemptTimeout(250);
 * net.getDefaultAutoSelectFamilyAttemptTimeout(); // 250
 * ```
 */
export function setDefaultAutoSelectFamilyAttemptTimeout(value: number): void {
  attemptTimeout = validateAttemptTimeout(value, "value");
}
