/**
 * Host names to addresses.
 *
 * @module
 */
import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import process from "node:process";
import { errnoOf } from "../../runtime/errors.ts";
import { invalidArgValue } from "../node/errors.ts";
import type { LookupFunction } from "../options.ts";
import {
  validateFunction,
  validateNumber,
  validateStringWithoutNullBytes,
} from "../node/validators.ts";

/** What of a connect's options goes to the lookup. */
interface LookupRequest {
  readonly family?: unknown;
  readonly hints?: unknown;
  readonly lookup?: unknown;
}

/** The family as a lookup wants it: 4, 6, or as it came. */
function familyOf(family: unknown): unknown {
  if (family === "IPv4") return 4;
  if (family === "IPv6") return 6;
  return family;
}

/**
 * The options for a lookup, checked.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for
 * hints or a family that Node's `dns.lookup` refuses. A custom lookup may take
 * others.
 */
export function lookupOptions(request: LookupRequest): LookupOptions {
  const family = familyOf(request.family);
  let hints: unknown = request.hints || 0;
  if (
    process.platform !== "win32" && family !== 4 && family !== 6 && hints === 0
  ) {
    hints = dns.ADDRCONFIG;
  }
  if (request.lookup == null) {
    validateNumber(hints, "options.hints");
    hints >>>= 0;
    if ((hints & ~(dns.ADDRCONFIG | dns.ALL | dns.V4MAPPED)) !== 0) {
      throw invalidArgValue("hints", hints);
    }
    if (family != null && ![0, 4, 6].includes(family as number)) {
      throw invalidArgValue(
        "options.family",
        family,
        "must be one of: 0, 4, 6",
      );
    }
  }
  return { family: family as LookupOptions["family"], hints: hints as number };
}

/** The function that resolves for these options. */
export function lookupFunction(request: LookupRequest): LookupFunction {
  if (request.lookup == null) return systemLookup;
  validateFunction(request.lookup, "options.lookup");
  return request.lookup as LookupFunction;
}

/**
 * `dns.lookup` that refuses a NUL, and whose errors always carry libuv's number.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for a NUL in the name.
 */
export const systemLookup: LookupFunction = (hostname, options, callback) => {
  validateStringWithoutNullBytes(hostname, "hostname");
  dns.lookup(
    hostname,
    options,
    (
      error: NodeJS.ErrnoException | null,
      address: string | LookupAddress[],
      family?: number,
    ) => callback(error && complete(error, hostname), address, family),
  );
};

function complete(
  error: NodeJS.ErrnoException & { hostname?: string },
  hostname: string,
): NodeJS.ErrnoException {
  if (!error.code || (error.errno !== undefined && error.errno < 0)) {
    return error;
  }
  const { code } = error;
  const completed = new Error(`getaddrinfo ${code} ${hostname}`, {
    cause: error,
  });
  return Object.assign(completed, {
    errno: errnoOf(code),
    code,
    syscall: "getaddrinfo",
    hostname,
  });
}
