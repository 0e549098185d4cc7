/**
 * The interface of a contestant. A scenario is written once against it, and
 * each contestant implements it as a program that uses its API would.
 *
 * @module
 */
import type { Exchange } from "../checks.ts";

/**
 * The contestants: this package, the runtime's `node:net`, the runtime's own
 * API, and a bare stream over that.
 */
export type ContestantName = "isonet" | "builtin" | "raw" | "bare";

/** Where to listen, port 0 for any, or where to connect to. */
export type Address = { readonly port: number } | { readonly path: string };

/** All addresses with a port are of this host. */
export const HOST = "127.0.0.1";

/** Writes in a burst: only the last one is waited for. */
export const BURST = 10_000;

/** Bytes to send on a connection before its FIN. */
export interface ByteJob {
  readonly kind: "bytes";
  /** The chunks, written one after the other, again and again. */
  readonly chunks: readonly Uint8Array[];
  /** Number of writes. */
  readonly count: number;
  /** How many writes are corked together; 1 is no corking. */
  readonly cork: number;
  /**
   * Whether to wait for `'drain'` when `write` returns `false`. Otherwise it
   * waits only after a burst: with a million queued writes, Node fails with
   * `EINVAL`.
   */
  readonly wait: boolean;
}

/** Text to send on a connection before its FIN, with backpressure. */
export interface TextJob {
  readonly kind: "text";
  /** The texts, written one after the other, again and again. */
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
  /** Sends each message and waits for its reply. */
  exchange(exchange: Exchange): Promise<void>;
  /** Reads to the end. The bytes are valid only during the call. */
  read(receive: (chunk: Uint8Array) => void): Promise<void>;
  /** Reads UTF-8 text to the end. */
  readText(receive: (text: string) => void): Promise<void>;
  /** Sends the FIN. Resolves when the connection is closed. */
  close(): Promise<void>;
}

/** A way to use the network. */
export interface Contestant {
  /**
   * Serves connections: sends back what it receives, and closes after the peer.
   */
  echo(on: Address): Promise<Service>;
  /** Does a job on each connection. */
  source(on: Address, job: Job): Promise<Service>;
  /** Forwards each connection to `to`, in both directions. */
  proxy(on: Address, to: Address): Promise<Service>;
  /** Opens a connection. */
  connect(to: Address): Promise<Client>;
}
