/**
 * Zones of IPv6 addresses (RFC 4007): `fe80::1%eth0`.
 *
 * @module
 */

/**
 * The address without a zone that means nothing, as it does on all but
 * link-local addresses. The system ignores such a zone, and Node takes it; the
 * native APIs of Deno 2.9.5 and Bun 1.4.5 refuse it (not reported).
 */
export function withoutNeedlessZone(address: string): string {
  const zone = address.indexOf("%");
  return zone < 0 || /^fe[89ab]/i.test(address)
    ? address
    : address.slice(0, zone);
}
