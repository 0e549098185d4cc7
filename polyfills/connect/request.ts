/**
 * What a TCP connect is asked to do: its options checked, its addresses sorted.
 *
 * @module
 */
import type { LookupAddress } from "node:dns";
import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  validateAttemptTimeout,
} from "./family_defaults.ts";
import { invalidArgType, invalidIpAddress } from "../node/errors.ts";
import { isIP } from "../address/ip.ts";
import type { TcpSocketConnectOpts } from "../options.ts";
import {
  validateBoolean,
  validateNumber,
  validatePort,
  validateStringWithoutNullBytes,
} from "../node/validators.ts";

/** Checked options of a TCP connect. */
export interface TcpRequest {
  /** Name or numeric address. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
  /** As it was given, for messages. */
  readonly originalPort: number | string | undefined;
  /** As it was given, for messages. */
  readonly originalHost: string | undefined;
  /** Numeric address to connect from. */
  readonly localAddress: string | undefined;
  /** Port to connect from. */
  readonly localPort: number | undefined;
  /** Try all addresses of the host. */
  readonly autoSelectFamily: boolean;
  /** Milliseconds for each of them. */
  readonly attemptTimeout: number;
}

/** An address to attempt. */
export interface Candidate {
  /** Numeric address. */
  readonly address: string;
  /** Its family. */
  readonly family: 4 | 6;
}

/**
 * Check the options of a TCP connect, in Node's order.
 *
 * @throws {TypeError | RangeError} For options that Node refuses.
 */
export function tcpRequest(options: TcpSocketConnectOpts): TcpRequest {
  const { localAddress, localPort } = options;
  const host = options.host || "localhost";
  validateStringWithoutNullBytes(host, "options.host");
  if (localAddress && !isIP(localAddress)) {
    throw invalidIpAddress(localAddress);
  }
  if (localPort) validateNumber(localPort, "options.localPort");
  const port = options.port as unknown;
  if (port !== undefined) {
    if (typeof port !== "number" && typeof port !== "string") {
      throw invalidArgType("options.port", ["number", "string"], port);
    }
    validatePort(port);
  }
  const { autoSelectFamily, autoSelectFamilyAttemptTimeout } = options;
  if (autoSelectFamily != null) {
    validateBoolean(autoSelectFamily, "options.autoSelectFamily");
  }
  const attemptTimeout = autoSelectFamilyAttemptTimeout == null
    ? getDefaultAutoSelectFamilyAttemptTimeout()
    : validateAttemptTimeout(
      autoSelectFamilyAttemptTimeout,
      "options.autoSelectFamilyAttemptTimeout",
    );
  return {
    host,
    port: Number(port ?? 0),
    originalPort: options.port,
    originalHost: options.host,
    localAddress,
    localPort,
    autoSelectFamily: autoSelectFamily ?? getDefaultAutoSelectFamily(),
    attemptTimeout,
  };
}

/** The addresses worth an attempt, the families alternating. */
export function alternate(addresses: readonly LookupAddress[]): Candidate[] {
  const first: Candidate[] = [];
  const second: Candidate[] = [];
  for (const { address, family } of addresses) {
    if (!isIP(address) || (family !== 4 && family !== 6)) continue;
    const group = first.length === 0 || first[0]!.family === family
      ? first
      : second;
    if (!group.some((known) => known.address === address)) {
      group.push({ address, family });
    }
  }
  const ordered: Candidate[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    if (first[i]) ordered.push(first[i]!);
    if (second[i]) ordered.push(second[i]!);
  }
  return ordered;
}
