/**
 * Handles of the runtime's `node:net` that are bound, and no more.
 *
 * @module
 */
import net from "node:net";
import { featureUnavailable } from "../errors.ts";

/**
 * A bound handle of the runtime's own `node:net`, which `listen` takes; or
 * the negative number of the error. Known to packages as
 * `net._createServerHandle`.
 *
 * @throws {TypeError} `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where the
 * runtime's `node:net` has no such function.
 */
export function createServerHandle(
  address: string | null,
  port: number,
  addressType: number,
  fd?: number,
  flags?: number,
): object | number {
  const { _createServerHandle } = net as unknown as {
    _createServerHandle?: typeof createServerHandle;
  };
  if (!_createServerHandle) {
    throw featureUnavailable("_createServerHandle", "this runtime");
  }
  return _createServerHandle(address, port, addressType, fd, flags);
}
