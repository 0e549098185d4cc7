/**
 * What travels between two hosts.
 *
 * @module
 */

/** What a packet is for, as in RFC 9293; a probe is an empty segment. */
export type Flag =
  | "SYN"
  | "SYN-ACK"
  | "ACK"
  | "DATA"
  | "FIN"
  | "RST"
  | "PROBE";

/** One packet of a connection. */
export interface Packet {
  /** What it is for. */
  readonly flag: Flag;
  /** Place of its first byte, or of the FIN, in the stream. */
  readonly seq: number;
  /** The byte its sender waits for. */
  readonly ack: number;
  /** Up to where its sender would take bytes. */
  readonly edge: number;
  /** What a DATA packet carries. */
  readonly bytes?: Uint8Array;
}

/** Bytes of the headers of IP and TCP, which take bandwidth, too. */
export const HEADER_SIZE = 40;

/** The place of a FIN that the network made up: wherever the stream is. */
export const HERE = -1;
