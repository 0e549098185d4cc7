/**
 * Host names within a network.
 *
 * @module
 */
import type { ResolvedAddress, RuntimeAdapter } from "../../runtime/adapter.ts";
import { errnoOf } from "../../runtime/errors.ts";
import { isIP } from "../../polyfills/address/ip.ts";
import { familyOf } from "./addresses.ts";
import type { Machine } from "./machine.ts";

function notFound(hostname: string): NodeJS.ErrnoException {
  const code = "ENOTFOUND";
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), {
    errno: errnoOf(code),
    code,
    syscall: "getaddrinfo",
    hostname,
  });
}

/** Resolves the names of a network's hosts, for one of them. */
export function createLookup(
  machine: Machine,
): NonNullable<RuntimeAdapter["lookup"]> {
  const { clock, addressesOf } = machine.surroundings;
  const resolve = (hostname: string): readonly string[] => {
    if (hostname === "localhost") return ["127.0.0.1", "::1"];
    if (isIP(hostname)) return [hostname];
    return addressesOf(hostname.toLowerCase()) ?? [];
  };
  return (hostname, family, callback) => {
    const found: ResolvedAddress[] = resolve(hostname)
      .map((address) => ({ address, family: familyOf(address) }))
      .filter((entry) => family === 0 || entry.family === family);
    clock.soon(() => {
      const error = found.length > 0 ? null : notFound(hostname);
      clock.tell(() => callback(error, found));
    });
  };
}
