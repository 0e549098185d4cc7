/**
 * Connecting to the unspecified address.
 *
 * @module
 */
import { process } from "../builtins.ts";

/**
 * The address to connect to where a program says `0.0.0.0` or `::`. Windows
 * refuses those; libuv, and so Node, takes the loopback in their place. Other
 * systems do so themselves.
 */
export function connectableAddress(
  address: string,
  platform: string = process.platform,
): string {
  if (platform !== "win32") return address;
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
