/**
 * The process-wide defaults of address-family selection.
 *
 * @module
 */
import process from "node:process";
import { validateBoolean, validateInt32 } from "../node/validators.ts";

/** Shortest time an attempt is given, in milliseconds. */
const SHORTEST_ATTEMPT = 10;

/** What Node's flags say, those of the command line last. */
const flags: string = [
  process.env.NODE_OPTIONS ?? "",
  ...process.execArgv,
].join(" ").replaceAll("_", "-");

/** What the last flag that matches says. */
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

/** An attempt's time in milliseconds, at least 10. */
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
 * Set what {@linkcode getDefaultAutoSelectFamily} returns.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `value` is no boolean.
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
 * Milliseconds that `connect` gives each address of a host unless its
 * `autoSelectFamilyAttemptTimeout` option says otherwise. Initially 500.
 */
export function getDefaultAutoSelectFamilyAttemptTimeout(): number {
  return attemptTimeout;
}

/**
 * Set what {@linkcode getDefaultAutoSelectFamilyAttemptTimeout} returns.
 *
 * @param value Milliseconds, a positive whole number; below 10 counts as 10.
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is no number.
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
