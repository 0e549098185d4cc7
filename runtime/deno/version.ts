/**
 * What differs between versions of Deno and can be found out by the number of
 * the version alone: no call shows it without a connection or a file.
 *
 * @module
 */
import { denoNamespace } from "./api.ts";

function numbers(): number[] {
  return denoNamespace().version.deno.split(".").map((part) =>
    Number.parseInt(part, 10)
  );
}

/**
 * Whether Deno removes a socket file itself when it closes the listener, as it
 * does since 2.6.7: https://github.com/denoland/deno/pull/31947
 */
export function removesSocketFiles(): boolean {
  const [major = 0, minor = 0, patch = 0] = numbers();
  if (major !== 2) return major > 2;
  return minor > 6 || (minor === 6 && patch >= 7);
}

/**
 * Whether the `node:net` of Deno needs help with paths, as it does up to 2.9.0:
 *
 * - It binds one without the permission for it:
 *   https://github.com/denoland/deno/pull/35564
 * - When it cannot listen on one, it removes what the path names, be it the
 *   socket of a server that works. Not reported.
 */
export function needsHelpWithPaths(): boolean {
  const [major = 0, minor = 0, patch = 0] = numbers();
  return major === 2 && (minor < 9 || (minor === 9 && patch < 1));
}

let endsRead: boolean | undefined;

/**
 * Whether a pending read can be ended: by closing the connection, and by
 * `cancelRead`. In 2.8.3 neither does, and the read keeps the connection open:
 * https://github.com/denoland/deno/issues/35292
 */
export function canEndRead(): boolean {
  return endsRead ??= numbers().join() !== "2,8,3";
}
