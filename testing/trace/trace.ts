/**
 * What happened in a network, as data.
 *
 * @module
 */
import { Buffer } from "node:buffer";

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

/** Bytes of a packet that a trace shows. */
const SHOWN = 24;
/** Entries that a trace keeps. */
const MOST = 200_000;

function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, SHOWN)).toString("latin1")
    .replaceAll(/[^\x20-\x7e]/g, ".");
}

/**
 * What happened in a network: every packet but the plain acknowledgements, and
 * every fault. The same seed gives the same trace on every runtime.
 */
export class Trace {
  /** What all of it depends on. */
  readonly seed: number;
  readonly #entries: TraceEntry[] = [];
  readonly #now: () => number;
  #left = 0;

  /** Made by the network. */
  constructor(seed: number, now: () => number) {
    this.seed = seed;
    this.#now = now;
  }

  /** Each thing that happened, the first 200,000 of them. */
  get entries(): readonly TraceEntry[] {
    return this.#entries;
  }

  /** How many did not fit in. */
  get left(): number {
    return this.#left;
  }

  /** Write something down. */
  note({ bytes, ...rest }: Happening): void {
    if (this.#entries.length === MOST) {
      this.#left++;
      return;
    }
    const arrives = rest.arrives === undefined
      ? {}
      : { arrives: Math.round(rest.arrives * 1000) / 1000 };
    this.#entries.push({
      time: this.#now(),
      ...rest,
      ...arrives,
      ...bytes && { size: bytes.length, text: printable(bytes) },
    });
  }

  /** Everything, for `JSON.stringify`. */
  toJSON(): { seed: number; entries: readonly TraceEntry[] } {
    return { seed: this.seed, entries: this.#entries };
  }
}
