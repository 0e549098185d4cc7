/**
 * Resolves host names to addresses.
 *
 * @module
 */
import type { LookupAddress, LookupOptions } from "node:dns";
import type { RuntimeAdapter } from "../../runtime/adapter.ts";
import { builtin, process } from "../../runtime/builtins.ts";
import { errnoOf } from "../../runtime/errors.ts";
import { invalidArgValue } from "../node/errors.ts";
import type { LookupFunction } from "../options.ts";
import {
  validateFunction,
  validateNumber,
  validateStringWithoutNullBytes,
} from "../node/validators.ts";

/** The options of a connect that concern the lookup. */
interface LookupRequest {
  readonly family?: unknown;
  readonly hints?: unknown;
  readonly lookup?: unknown;
}

/** The family as a lookup takes it: 4, 6, or the value unchanged. */
function familyOf(family: unknown): unknown {
  if (family === "IPv4") return 4;
  if (family === "IPv6") return 6;
  return family;
}

/**
 * The options that a lookup is called with.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE` for
 * hints or a family that Node's `dns.lookup` refuses. A custom lookup gets them
 * unchecked.
 */
export function lookupOptions(request: LookupRequest): LookupOptions {
  const family = familyOf(request.family);
  let hints: unknown = request.hints || 0;
  if (
    process.platform !== "win32" && family !== 4 && family !== 6 && hints === 0
  ) {
    hints = builtin("node:dns").ADDRCONFIG;
  }
  if (request.lookup == null) {
    validateNumber(hints, "options.hints");
    hints >>>= 0;
    const { ADDRCONFIG, ALL, V4MAPPED } = builtin("node:dns");
    if ((hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) {
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

/**
 * The function that resolves the host: the `lookup` option, or the default.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if the option is not a function.
 */
export function lookupFunction(
  request: LookupRequest,
  adapter: RuntimeAdapter,
): LookupFunction {
  if (request.lookup == null) return defaultLookup(adapter);
  validateFunction(request.lookup, "options.lookup");
  return request.lookup as LookupFunction;
}

/** The lookup of a backend that has host names of its own, or the system's. */
export function defaultLookup(adapter: RuntimeAdapter): LookupFunction {
  if (!adapter.lookup) return systemLookup;
  return (hostname, options, callback) => {
    validateStringWithoutNullBytes(hostname, "hostname");
    const { family } = options;
    const wanted = family === 4 || family === 6 ? family : 0;
    adapter.lookup!(hostname, wanted, (error, addresses) => {
      if (error) callback(error, "");
      else if (options.all) callback(null, [...addresses]);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/**
 * The options of a lookup, with the port if it is the system's: a program may
 * be allowed to use a name with one port only.
 */
export function withPort(
  lookup: LookupFunction,
  query: LookupOptions,
  port: number,
): LookupOptions {
  return lookup === systemLookup ? { ...query, port } as LookupOptions : query;
}

/**
 * `dns.lookup`, but it refuses a NUL in the name, and its errors are as Node's.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for a NUL in the name.
 */
export const systemLookup: LookupFunction = (hostname, options, callback) => {
  validateStringWithoutNullBytes(hostname, "hostname");
  builtin("node:dns").lookup(
    hostname,
    options,
    (
      error: NodeJS.ErrnoException | null,
      address: string | LookupAddress[],
      family?: number,
    ) => callback(error && asNodeError(error, hostname), address, family),
  );
};

/**
 * Give a failed lookup Node's message and libuv's negative `errno`. Some
 * runtimes report the positive number of c-ares; the test of lookup errors
 * (`tests/connect/lookup_test.ts`) names their versions.
 */
function asNodeError(
  error: NodeJS.ErrnoException & { hostname?: string },
  hostname: string,
): NodeJS.ErrnoException {
  // A permission that the runtime denies is EACCES everywhere else.
  const denied = error.code === "EPERM";
  const complete = error.errno !== undefined && error.errno < 0;
  // Node's permission model has a code of its own, and no number.
  const isNodes = error.code?.startsWith("ERR_");
  if (!error.code || isNodes || (complete && !denied)) return error;
  const code = denied ? "EACCES" : error.code;
  const nodeError = new Error(`getaddrinfo ${code} ${hostname}`, {
    cause: error,
  });
  return Object.assign(nodeError, {
    errno: errnoOf(code),
    code,
    syscall: "getaddrinfo",
    hostname,
  });
}
