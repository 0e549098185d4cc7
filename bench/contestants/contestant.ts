/**
 * What a contestant can do. A scenario is written once, against this, and each
 * contestant does its parts the way a program of its API would.
 *
 * @module
 */
import type { Exchange } from "../checks.ts";

/**
 * Who competes: this package, the runtime's `node:net`, its own API, and a bare
 * stream over that.
 */
export type ContestantName = "isonet" | "builtin" | "raw" | "bare";

/** Where to listen, port 0 for any, or where to connect to. */
export type Address = { readonly port: number } | { readonly path: string };

/** All addresses with a port are of this host. */
export const HOST = "127.0.0.1";

/** Writes that are not waited for, until the last of them is. */
export const BURST = 10_000;

/** Bytes to send on a connection, before its FIN. */
export interface ByteJob {
  readonly kind: "bytes";
  /** Written one after the other, over and over. */
  readonly chunks: readonly Uint8Array[];
  /** Number of writes. */
  readonly count: number;
  /** How many writes are corked together; 1 is no corking. */
  readonly cork: number;
  /**
   * Whether to wait for `'drain'` when told to. Otherwise, only after a burst:
   * with a million writes queued up, Node fails with `EINVAL`.
   */
  readonly wait: boolean;
}

/** Text to send on a connection, before its FIN; heeds backpressure. */
export interface TextJob {
  readonly kind: "text";
  /** Written one after the other, over and over. */
  readonly lines: readonly string[];
  /** Number of writes. */
  readonly count: number;
}

/** What a server sends. */
export type Job = ByteJob | TextJob;

/** A server. */
export interface Service {
  /** Where to connect to. */
  readonly address: Address;
  /** Stop listening. */
  close(): void;
}

/** The client's end of a connection. */
export interface Client {
  /** Send a message and wait for the reply, until there are no more. */
  exchange(exchange: Exchange): Promise<void>;
  /** Read to the end. The bytes are only good during the call. */
  read(receive: (chunk: Uint8Array) => void): Promise<void>;
  /** Read UTF-8 text to the end. */
  readText(receive: (text: string) => void): Promise<void>;
  /** Send the FIN; resolves when the connection is closed. */
  close(): Promise<void>;
}

/** A way to use the network. */
export interface Contestant {
  /** Serve what is received back, and close after the peer. */
  echo(on: Address): Promise<Service>;
  /** Do a job on each connection. */
  source(on: Address, job: Job): Promise<Service>;
  /** Connect each connection to `to`, both ways. */
  proxy(on: Address, to: Address): Promise<Service>;
  /** Open a connection. */
  connect(to: Address): Promise<Client>;
}
