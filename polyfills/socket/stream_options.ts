/**
 * Checks and conversions of the options that sockets and servers share.
 *
 * @module
 */
import type { DuplexOptions } from "node:stream";
import { invalidArgType, invalidArgValue } from "../node/errors.ts";
import type { AddressFilter, SocketConstructorOpts } from "../options.ts";
import { validateNumber } from "../node/validators.ts";

/** Options of a socket that go to its stream unchanged. */
const STREAM_OPTIONS: ReadonlySet<string> = new Set([
  "highWaterMark",
  "readableHighWaterMark",
  "writableHighWaterMark",
  "readable",
  "writable",
  "encoding",
  "defaultEncoding",
  "captureRejections",
  "construct",
  "read",
  "write",
  "writev",
  "final",
  "destroy",
]);

/** Options that turn a byte stream into something else. */
const OBJECT_MODES = [
  "objectMode",
  "readableObjectMode",
  "writableObjectMode",
] as const;

/**
 * The options for the stream that a socket is. Some are not the caller's to
 * choose: `'close'` waits for the descriptor, strings are encoded as they are
 * sent, and the socket itself listens to `signal` once it is complete.
 *
 * The options are not spread into a new object: in Node 20 that takes
 * microseconds, and reading the result takes as long again (not reported).
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for an object mode,
 * `ERR_INVALID_ARG_TYPE` for a delay that is not a number.
 */
export function streamOptions(
  options: number | Omit<SocketConstructorOpts, "handle"> | undefined,
): DuplexOptions {
  const chosen: DuplexOptions = {
    allowHalfOpen: false,
    emitClose: false,
    autoDestroy: true,
    decodeStrings: false,
  };
  if (typeof options !== "object" || options === null) return chosen;
  const given = options as DuplexOptions;
  for (const mode of OBJECT_MODES) {
    if (given[mode]) {
      throw invalidArgValue(`options.${mode}`, given[mode], "is not supported");
    }
  }
  if (options.keepAliveInitialDelay !== undefined) {
    validateNumber(
      options.keepAliveInitialDelay,
      "options.keepAliveInitialDelay",
    );
  }
  chosen.allowHalfOpen = Boolean(options.allowHalfOpen);
  const from = given as Record<string, unknown>;
  const to = chosen as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (STREAM_OPTIONS.has(name)) to[name] = from[name];
  }
  return chosen;
}

/** Milliseconds to whole seconds, the unit of keep-alive options. */
export function toSeconds(milliseconds: number | undefined): number {
  return Math.max(0, Math.trunc((milliseconds ?? 0) / 1000) || 0);
}

/**
 * Check a block list: this package's, the runtime's, or any with `check`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
 */
export function validateBlockList(
  value: unknown,
  name: string,
): asserts value is AddressFilter {
  if (typeof (value as AddressFilter | null)?.check !== "function") {
    throw invalidArgType(name, "net.BlockList", value);
  }
}
