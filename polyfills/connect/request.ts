/**
 * The request behind a TCP connect: its checked options, and the order in which
 * the addresses of its host are attempted.
 *
 * @module
 */
import type { LookupAddress } from "node:dns";
import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  validateAttemptTimeout,
} from "./family_defaults.ts";
import {
  invalidArgType,
  invalidArgValue,
  invalidIpAddress,
} from "../node/errors.ts";
import { isIP } from "../address/ip.ts";
import type { TcpSocketConnectOpts } from "../options.ts";
import {
  validateBoolean,
  validateNumber,
  validatePort,
  validateStringWithoutNullBytes,
} from "../node/validators.ts";

/** Checked options of a TCP connect. */
export interface ConnectRequest {
  /** Host name or numeric address. */
  readonly host: string;
  /** Port, 0 to 65535. */
  readonly port: number;
  /** The `port` option as given, for messages. */
  readonly originalPort: number | string | undefined;
  /** The `host` option as given, for messages. */
  readonly originalHost: string | undefined;
  /** Numeric address to connect from. */
  readonly localAddress: string | undefined;
  /** Port to connect from. */
  readonly localPort: number | undefined;
  /** Whether to attempt all addresses of the host in turn. */
  readonly autoSelectFamily: boolean;
  /** Milliseconds for each of them, at least 10. */
  readonly attemptTimeout: number;
}

/** An address to attempt. */
export interface Candidate {
  /** Numeric address. */
  readonly address: string;
  /** The name that the system's lookup found it for. */
  readonly host?: string | undefined;
  /** Family of the address. */
  readonly family: 4 | 6;
}

/**
 * Check the options of a TCP connect, in Node's order, and fill in defaults.
 *
 * @throws {TypeError | RangeError} For options that Node refuses.
 */
export function connectRequest(options: TcpSocketConnectOpts): ConnectRequest {
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
    localAddress: localAddress || undefined,
    localPort,
    autoSelectFamily: autoSelectFamily ?? getDefaultAutoSelectFamily(),
    attemptTimeout,
  };
}

/**
 * The addresses that can be attempted, each once, the families taking turns
 * (RFC 8305, section 4). The family of the first address comes first.
 */
export function interleaveFamilies(
  addresses: readonly LookupAddress[],
): Candidate[] {
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

/**
 * Refuse a source address: a bound socket has its own already.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE`
 */
export function refuseSource(options: TcpSocketConnectOpts): void {
  const { localAddress, localPort } = options;
  if (localAddress === undefined && localPort === undefined) return;
  throw invalidArgValue(
    "options",
    options,
    "localAddress and localPort cannot be used with an adopted bound socket",
  );
}
