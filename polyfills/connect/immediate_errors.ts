/**
 * Errors of a connect that fails before anything is sent.
 *
 * @module
 */
import type { ConnectTarget, Endpoint } from "../../runtime/adapter.ts";
import { withLocalAddress } from "../../runtime/errors.ts";

/** What Node's permission model reports, before it asks the system. */
const DENIED = "ERR_ACCESS_DENIED";

/** Errors that connect(2) itself returns; others come from the network. */
const IMMEDIATE_ERRORS: ReadonlySet<string> = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EINVAL",
  "ENETUNREACH",
  "EPERM",
  DENIED,
]);

/** Whether a TCP attempt failed before anything was sent. */
export function failedImmediately(
  error: Error,
  target: ConnectTarget,
): boolean {
  const { code } = error as { code?: string };
  return target.kind === "tcp" && IMMEDIATE_ERRORS.has(code!);
}

/** Name the local end in a message as Node does, even if it is not bound. */
export function nameLocalEnd(
  error: Error,
  target: ConnectTarget,
  local: Endpoint | null,
): void {
  const { code } = error as { code?: string };
  if (target.kind !== "tcp" || code === DENIED) return;
  const unspecified = target.family === 4 ? "0.0.0.0" : "::";
  withLocalAddress(error, local?.address ?? unspecified, local?.port ?? 0);
}
