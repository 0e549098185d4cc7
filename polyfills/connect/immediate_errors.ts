/**
 * Errors of a connect that fails before anything is sent.
 *
 * @module
 */
import type { ConnectTarget, Endpoint } from "../../runtime/adapter.ts";
import { withLocalAddress } from "../../runtime/errors.ts";

/** Errors that connect(2) itself returns; others come from the network. */
const IMMEDIATE_ERRORS: ReadonlySet<string> = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EINVAL",
  "ENETUNREACH",
  "EPERM",
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
  if (target.kind !== "tcp") return;
  const unspecified = target.family === 4 ? "0.0.0.0" : "::";
  withLocalAddress(error, local?.address ?? unspecified, local?.port ?? 0);
}
