/**
 * Zones of IPv6 addresses (`%eth0`; RFC 4007, section 11).
 *
 * @module
 */

/** Addresses that are unique on one link only: unicast, and multicast. */
const LINK_LOCAL = /^f(e[89ab]|f[0-9a-f]2)[0-9a-f]:/i;

/**
 * The address without a zone that means nothing, as in `::1%lo`. libuv ignores
 * it. The lookup that Deno 2.9.5 and Bun 1.4.5 pass an address through knows no
 * such name (not reported).
 */
export function withoutNeedlessZone(address: string): string {
  if (!address.includes("%") || LINK_LOCAL.test(address)) return address;
  return address.slice(0, address.indexOf("%"));
}
