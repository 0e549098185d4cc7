/**
 * Connecting to the unspecified address, and to IPv4 as IPv6.
 *
 * @module
 */
import { process } from "../builtins.ts";

/** An IPv4 address in the form of an IPv6 one. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The address to connect to where a program says `0.0.0.0` or `::`, or has an
 * IPv4-mapped one. Windows refuses those. libuv, and so Node, takes the loopback
 * in the place of the first two, and lets IPv6 sockets connect to IPv4. Other
 * systems do so themselves.
 */
export function connectableAddress(
  address: string,
  platform: string = process.platform,
): string {
  if (platform !== "win32") return address;
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "::1";
  return MAPPED.exec(address)?.[1] ?? address;
}
