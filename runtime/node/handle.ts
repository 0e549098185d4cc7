/**
 * Handles of the runtime's `node:net` that are bound and do not listen yet.
 *
 * @module
 */
import { net } from "../native_net.ts";
import { featureUnavailable } from "../errors.ts";

/**
 * Make a bound handle of the runtime's own `node:net`, for `listen`. Packages
 * know this function as `net._createServerHandle`.
 *
 * @param address Numeric address, or a path.
 * @param port Port; -1 for a path.
 * @param addressType 4 or 6; -1 for a path.
 * @param fd A descriptor to open instead.
 * @param flags Flags of libuv's `uv_tcp_bind`.
 * @returns The handle, or a negative error number.
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
