/**
 * From the host name of a connect to the addresses to attempt.
 *
 * @module
 */
import type { LookupAddress } from "node:dns";
import type { RuntimeAdapter } from "../../runtime/adapter.ts";
import { isIP } from "../address/ip.ts";
import { invalidAddressFamily, invalidIpAddress } from "../node/errors.ts";
import type { LookupFunction, TcpSocketConnectOpts } from "../options.ts";
import {
  lookupFunction,
  lookupOptions,
  systemLookup,
  withPort,
} from "./lookup.ts";
import {
  type Candidate,
  type ConnectRequest,
  interleaveFamilies,
} from "./request.ts";

/** What a lookup reports. */
export interface HostLookup {
  /** Whether the connect is over: then nothing more is reported. */
  isOver(): boolean;
  /** The arguments of `'lookup'`: once if it failed, or for each address. */
  onLookup(
    error: Error | null,
    address: unknown,
    family: unknown,
    host: string,
  ): void;
  /** The addresses to attempt, at least one. */
  onResolved(candidates: Candidate[]): void;
  /** There is none. */
  onError(error: Error): void;
}

/**
 * Look a host up.
 *
 * @param adapter May resolve names of its own.
 * @param onlyOne Whether a single address is wanted, whatever the options say.
 */
export function resolveHost(
  request: ConnectRequest,
  options: TcpSocketConnectOpts,
  adapter: RuntimeAdapter,
  onlyOne: boolean,
  to: HostLookup,
): void {
  const lookup = lookupFunction(options, adapter);
  const query = withPort(lookup, lookupOptions(options), request.port);
  const anyFamily = query.family !== 4 && query.family !== 6;
  const many = request.autoSelectFamily && !onlyOne;
  if (anyFamily && !request.localAddress && many) {
    resolveAll(request, lookup, { ...query, all: true }, to);
  } else {
    resolveOne(request, lookup, query, to);
  }
}

/** The name, if its addresses can be trusted to be the system's. */
function nameOf(lookup: LookupFunction, host: string): string | undefined {
  return lookup === systemLookup ? host : undefined;
}

function resolveOne(
  { host, originalHost, originalPort }: ConnectRequest,
  lookup: LookupFunction,
  query: Parameters<LookupFunction>[1],
  to: HostLookup,
): void {
  lookup(host, query, (error, address, family) => {
    to.onLookup(error, address, family, host);
    if (to.isOver()) return;
    if (error) {
      to.onError(error);
    } else if (typeof address !== "string" || !isIP(address)) {
      to.onError(invalidIpAddress(address));
    } else if (family !== 4 && family !== 6) {
      to.onError(invalidAddressFamily(family, originalHost, originalPort));
    } else {
      to.onResolved([{ address, family, host: nameOf(lookup, host) }]);
    }
  });
}

function resolveAll(
  { host, originalHost, originalPort }: ConnectRequest,
  lookup: LookupFunction,
  query: Parameters<LookupFunction>[1],
  to: HostLookup,
): void {
  lookup(host, query, (error, found) => {
    if (to.isOver()) return;
    if (error) {
      to.onLookup(error, undefined, undefined, host);
      to.onError(error);
      return;
    }
    const addresses = found as LookupAddress[];
    for (const { address, family } of addresses) {
      to.onLookup(error, address, family, host);
      if (to.isOver()) return;
    }
    const candidates = interleaveFamilies(addresses);
    if (candidates.length > 0) {
      const name = nameOf(lookup, host);
      to.onResolved(
        candidates.map((candidate) => ({ ...candidate, host: name })),
      );
      return;
    }
    const { address, family } = addresses[0]!;
    to.onError(
      isIP(address)
        ? invalidAddressFamily(family, originalHost, originalPort)
        : invalidIpAddress(address),
    );
  });
}
