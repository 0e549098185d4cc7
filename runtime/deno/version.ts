/**
 * What differs between versions of Deno and can be found out by the number of
 * the version alone: no call shows it without a connection or a file.
 *
 * @module
 */
import { process } from "../builtins.ts";
import { isOlder } from "../floor.ts";

/** The version of Deno; tests load this elsewhere, too. */
const version = process.versions.deno;

/**
 * Whether the `node:net` of Deno needs help with paths, as it does up to 2.9.0:
 *
 * - It binds one without the permission for it:
 *   https://github.com/denoland/deno/pull/35564
 * - When it cannot listen on one, it removes what the path names, be it the
 *   socket of a server that works. Not reported.
 */
export const needsHelpWithPaths: boolean = version !== undefined &&
  isOlder(version, "2.9.1");

/**
 * Whether a pending read can be ended: by closing the connection, and by
 * `cancelRead`. In 2.8.3 neither does, and the read keeps the connection open:
 * https://github.com/denoland/deno/issues/35292
 */
export const canEndRead: boolean = version !== "2.8.3";

/**
 * Whether closing a connection ends a write that is blocked. Up to 2.9.4 the
 * write keeps the connection open until the peer reads or closes (not
 * reported).
 */
export const endsBlockedWrites: boolean = version === undefined ||
  !isOlder(version, "2.9.5");

/**
 * Whether closing a listener leaves its socket file, as it does up to 2.6.6:
 * https://github.com/denoland/deno/pull/31947
 */
export const keepsSocketFile: boolean = version !== undefined &&
  isOlder(version, "2.6.7");
