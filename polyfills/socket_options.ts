/**
 * Checks and conversions of the options that sockets and servers share.
 *
 * @module
 */
import type { DuplexOptions } from "node:stream";
import { invalidArgType, invalidArgValue } from "./errors.ts";
import type { AddressFilter, SocketConstructorOpts } from "./options.ts";
import { validateNumber } from "./validators.ts";

/** Options that turn a byte stream into something else. */
const OBJECT_MODES = [
  "objectMode",
  "readableObjectMode",
  "writableObjectMode",
] as const;

/**
 * `'close'` waits for the descriptor, strings are encoded on their way out,
 * and a signal is heard only once the socket is complete.
 */
const STREAM_POLICY: DuplexOptions = {
  emitClose: false,
  autoDestroy: true,
  decodeStrings: false,
  signal: undefined,
};

/**
 * The stream's part of a socket's options.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for an object mode,
 * `ERR_INVALID_ARG_TYPE` for a delay that is no number.
 */
export function streamOptions(
  options: number | SocketConstructorOpts | undefined,
): DuplexOptions {
  if (typeof options !== "object" || options === null) {
    return { ...STREAM_POLICY, allowHalfOpen: false };
  }
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
  return {
    ...given,
    allowHalfOpen: Boolean(options.allowHalfOpen),
    ...STREAM_POLICY,
  };
}

/** Milliseconds to whole seconds, as the system counts keep-alive. */
export function toSeconds(milliseconds: number | undefined): number {
  return Math.max(0, Math.trunc((milliseconds ?? 0) / 1000) || 0);
}

/**
 * A block list: this package's, the runtime's own, or any like them.
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
