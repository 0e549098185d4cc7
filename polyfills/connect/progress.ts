/**
 * What a connector calls as a connect proceeds.
 *
 * @module
 */
import type { Connection } from "../../runtime/adapter.ts";
import type { AddressFilter } from "../options.ts";

/** The socket, as a connector sees it. */
export interface ConnectingSocket {
  /** Addresses that must not be connected to. */
  readonly blockList?: AddressFilter;
  /** Emits `'lookup'` and the events of attempts. */
  emit(event: string, ...args: unknown[]): boolean;
  /** The connect has failed for good. */
  destroy(error: Error): unknown;
}

/** What a connector calls as a connect proceeds. */
export interface ConnectProgress {
  /** The host is a name, and is about to be looked up. */
  onLookup(host: string): void;
  /**
   * The host name is resolved.
   *
   * @param attempted Given if there are several addresses. Receives
   * `$IP:$PORT` of each address as it is attempted.
   */
  onResolved(attempted?: string[]): void;
  /** The only attempt has failed; its events follow. */
  onAttemptOver(): void;
  /** Connected; nothing is called after this. */
  onConnect(connection: Connection): void;
}
