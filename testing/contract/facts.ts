/**
 * Facts of this machine, and the shape of its errors.
 *
 * @module
 */
import assert from "node:assert/strict";
import os from "node:os";
import { type SystemError, systemErrorMap } from "../../runtime/errors.ts";

let ipv6: boolean | undefined;

/**
 * Whether there is an IPv6 loopback. It is the system that is asked, not the
 * backend: one without IPv6 must not pass.
 */
export function hasIPv6(): boolean {
  return ipv6 ??= Object.values(os.networkInterfaces()).some(
    (addresses) => addresses?.some(({ address }) => address === "::1"),
  );
}

/**
 * The `errno` of a code, negative as Node has it. On Windows, the numbers of
 * `os.constants.errno` are other ones.
 */
function errnoOf(code: string): number {
  for (const [number, [name]] of systemErrorMap()) {
    if (name === code) return number;
  }
  assert.fail(`this system has no ${code}`);
}

/** What a system error is expected to tell; what is absent must be absent. */
export interface ErrorShape {
  readonly code: string;
  readonly syscall: string;
  readonly address?: string;
  readonly port?: number;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly message?: string;
}

/** Check every field of a system error, and its number. */
export function isSystemError(error: Error, shape: ErrorShape): void {
  assert.ok(error instanceof Error);
  const { code, errno, syscall, address, port } = error as SystemError;
  const { localAddress, localPort } = error as SystemError;
  assert.deepEqual(
    { code, errno, syscall, address, port, localAddress, localPort },
    {
      code: shape.code,
      errno: errnoOf(shape.code),
      syscall: shape.syscall,
      address: shape.address,
      port: shape.port,
      localAddress: shape.localAddress,
      localPort: shape.localPort,
    },
  );
  if (shape.message !== undefined) assert.equal(error.message, shape.message);
}
