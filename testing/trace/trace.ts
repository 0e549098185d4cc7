/**
 * What happened in a network, as data.
 *
 * @module
 */
import { type ChartLibrary, renderSvg } from "./svg.ts";
import { renderText } from "./text.ts";
import type { Happening, TraceEntry } from "./entry.ts";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Bytes of a packet that a trace shows. */
const SHOWN = 24;
/** Entries that a trace keeps. */
const MOST = 200_000;

function printable(bytes: Uint8Array): string {
  const size = Math.min(bytes.length, SHOWN);
  let text = "";
  for (let i = 0; i < size; i++) {
    const code = bytes[i]!;
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : ".";
  }
  return text;
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

  /**
   * Write something down.
   *
   * @internal
   */
  note(happening: Happening): void {
    if (this.#entries.length === MOST) {
      this.#left++;
      return;
    }
    const { what, from, to, connection, arrives, lost, bytes } = happening;
    const entry: Writable<TraceEntry> = { time: this.#now(), what };
    if (from) entry.from = from;
    if (to) entry.to = to;
    if (connection !== undefined) entry.connection = connection;
    if (arrives !== undefined) {
      entry.arrives = Math.round(arrives * 1000) / 1000;
    }
    if (lost) entry.lost = lost;
    if (bytes) {
      entry.size = bytes.length;
      entry.text = printable(bytes);
    }
    this.#entries.push(entry);
  }

  /** A sequence diagram as text, a column for each host. */
  toString(): string {
    return `seed ${this.seed}\n${renderText(this.#entries)}`;
  }

  /**
   * A sequence diagram as an SVG.
   *
   * @param charts Draws it: Apache ECharts, version 5 or later.
   *
   * @example
   * ```ts ignore
   * import * as echarts from "echarts";
   *
   * writeFileSync("trace.svg", network.trace.toSVG(echarts));
   * ```
   */
  toSVG(charts: ChartLibrary): string {
    return renderSvg(this.#entries, charts);
  }

  /** Everything, for `JSON.stringify`. */
  toJSON(): { seed: number; entries: readonly TraceEntry[] } {
    return { seed: this.seed, entries: this.#entries };
  }
}
