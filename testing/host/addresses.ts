/**
 * Numeric addresses of a host.
 *
 * @module
 */
import type { Endpoint } from "../../runtime/adapter.ts";

const WILDCARD = /^(0\.0\.0\.0|::)$/;
const LOOPBACK = /^(127\..*|::1)$/;

/** The family of a numeric address. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

/** Whether it stands for every address. */
export function isWildcard(address: string): boolean {
  return WILDCARD.test(address);
}

/** Whether it is the host's own, whichever host. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/** An address as an end of a connection. */
export function endpointOf(address: string, port: number): Endpoint {
  const family = familyOf(address) === 4 ? "IPv4" : "IPv6";
  return { address, family, port };
}

/** What a listener takes of each family: one address or path, `*` for all. */
export interface Reach {
  /** The port; -1 for a path. */
  readonly port: number;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly path?: string;
}

/** What who listens at this address takes. */
export function reachOf(
  address: string,
  port: number,
  ipv6Only = false,
): Reach {
  if (familyOf(address) === 4) {
    return { port, ipv4: isWildcard(address) ? "*" : address };
  }
  if (!isWildcard(address)) return { port, ipv6: address };
  return ipv6Only ? { port, ipv6: "*" } : { port, ipv4: "*", ipv6: "*" };
}

/** Whether two want the same. */
export function overlap(a: Reach, b: Reach): boolean {
  const meet = (one?: string, other?: string) =>
    one !== undefined && other !== undefined &&
    (one === other || one === "*" || other === "*");
  return a.port === b.port &&
    (a.path !== undefined
      ? a.path === b.path
      : meet(a.ipv4, b.ipv4) || meet(a.ipv6, b.ipv6));
}
