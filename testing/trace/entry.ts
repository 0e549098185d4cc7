/**
 * What a trace consists of.
 *
 * @module
 */

/** An end of something that happened. */
export interface TracePlace {
  /** Name of the host. */
  readonly host: string;
  /** Port or path, if it was about one. */
  readonly port?: number | string;
}

/** One thing that happened. */
export interface TraceEntry {
  /** When, in milliseconds since the network was made. */
  readonly time: number;
  /** `"SYN"`, `"DATA"`, `"RST"`, ...; or words: `"listen"`, `"crash"`, ... */
  readonly what: string;
  /** Where, or where from. */
  readonly from?: TracePlace;
  /** Where to. */
  readonly to?: TracePlace;
  /** The number of the connection it was about. */
  readonly connection?: number;
  /** When a packet arrives; missing if it gets lost. */
  readonly arrives?: number;
  /** Whether a packet gets lost. */
  readonly lost?: boolean;
  /** How many bytes a packet carries. */
  readonly size?: number;
  /** The first of these bytes, as text; what is not printable as `.`. */
  readonly text?: string;
}

/** What is noted of a thing that happens. */
export interface Happening extends Omit<TraceEntry, "time" | "size" | "text"> {
  /** What a packet carries. */
  readonly bytes?: Uint8Array;
}

/** Writes down what happens. */
export type Note = (happening: Happening) => void;
