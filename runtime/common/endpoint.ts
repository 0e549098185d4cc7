/**
 * An {@linkcode Endpoint} of what a native API reports.
 *
 * @module
 */
import type { Endpoint } from "../adapter.ts";

/**
 * Combine the parts of a native address.
 *
 * @param address Numeric address; `undefined` for a path, or if it is not
 * known.
 * @param port Port, under the same condition.
 * @param family `"IPv4"` or `"IPv6"`; without it the address decides.
 * @returns `null` if the address or the port is missing.
 */
export function endpointOf(
  address: string | undefined,
  port: number | undefined,
  family?: string,
): Endpoint | null {
  if (address === undefined || port === undefined) return null;
  family ??= address.includes(":") ? "IPv6" : "IPv4";
  return { address, family, port };
}
