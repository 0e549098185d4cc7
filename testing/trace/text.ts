/**
 * A trace as text: a sequence diagram, a column for each host.
 *
 * @module
 */
import type { TraceEntry, TracePlace } from "./entry.ts";

/** Characters between two hosts. */
const COLUMN = 40;
/** Characters before the first. */
const MARGIN = 14;

/** The hosts of a trace, in the order in which they come up. */
export function hostsOf(entries: readonly TraceEntry[]): string[] {
  const names = new Set<string>();
  for (const { from, to } of entries) {
    if (from) names.add(from.host);
    if (to) names.add(to.host);
  }
  return [...names];
}

/** What happened, in words: `DATA 5 "hello"`. */
export function labelOf({ what, size, text }: TraceEntry): string {
  if (size === undefined) return what;
  return `${what} ${size} ${JSON.stringify(text)}`;
}

function portOf(place: TracePlace | undefined): string {
  return place?.port === undefined ? "" : String(place.port);
}

/** Something between two hosts, as an arrow from one column to the other. */
function arrow(entry: TraceEntry, from: number, to: number): string {
  const isRight = to > from;
  const left = Math.min(from, to);
  const width = Math.abs(to - from) * COLUMN - 1;
  const [a, b] = isRight ? [entry.from, entry.to] : [entry.to, entry.from];
  const [first, last] = [portOf(a), portOf(b)];
  const room = width - first.length - last.length - 6;
  const label = labelOf(entry).slice(0, Math.max(room, 3));
  const dashes = Math.max(room - label.length, 0);
  const head = "-".repeat(Math.floor(dashes / 2));
  const tail = "-".repeat(Math.ceil(dashes / 2));
  const end = entry.lost ? "x" : isRight ? ">" : "<";
  const line = isRight
    ? `${first} -${head} ${label} ${tail}${end} ${last}`
    : `${first} ${end}${head} ${label} ${tail}- ${last}`;
  return " ".repeat(left * COLUMN) + line;
}

/**
 * Draw a trace as text.
 *
 * @param entries The entries, or some of them.
 */
export function renderText(entries: readonly TraceEntry[]): string {
  const hosts = hostsOf(entries);
  const title = hosts.map((name) => name.padEnd(COLUMN)).join("");
  const lines = entries.map((entry) => {
    const { from, to } = entry;
    const here = from ? hosts.indexOf(from.host) : 0;
    const there = to ? hosts.indexOf(to.host) : here;
    const isPacket = here !== there && !/[a-z]/.test(entry.what);
    const what = isPacket
      ? arrow(entry, here, there)
      : " ".repeat(here * COLUMN) + remark(entry);
    return `${entry.time.toFixed(3).padStart(MARGIN - 2)}  ${what}`.trimEnd();
  });
  return [" ".repeat(MARGIN) + title.trimEnd(), ...lines].join("\n");
}

/** Something that is no arrow, in words. */
function remark(entry: TraceEntry): string {
  const { from, to, lost } = entry;
  const parts = ["*", labelOf(entry)];
  if (to) parts.push(from!.host, portOf(from), "-", to.host, portOf(to));
  else parts.push(portOf(from));
  if (lost) parts.push("(lost)");
  return parts.filter((part) => part !== "").join(" ");
}
