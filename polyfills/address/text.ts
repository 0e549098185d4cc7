/**
 * Converts IP addresses from integers to their canonical text.
 *
 * @module
 */
import type { IPVersion } from "./ip.ts";

/**
 * The text of an address as the system writes it: lower case, without leading
 * zeroes, `::` for the first of the longest runs of two or more zero groups, and
 * IPv4-mapped and IPv4-compatible addresses with a dotted end
 * (`::ffff:192.0.2.1`).
 *
 * @param words Holds the address as four 32-bit words in network order. Of an
 * IPv4 address only the last is used.
 * @param at The index of the first word.
 * @param version The form to write.
 *
 * @see RFC 5952
 */
export function formatAddress(
  words: Int32Array,
  at: number,
  version: IPVersion,
): string {
  return version === "ipv4"
    ? formatIPv4(words[at + 3]!)
    : formatIPv6(words, at);
}

function formatIPv4(word: number): string {
  return `${word >>> 24}.${word >>> 16 & 255}.${word >>> 8 & 255}.${
    word & 255
  }`;
}

function formatIPv6(words: Int32Array, at: number): string {
  const groups: number[] = [];
  for (let i = at; i < at + 4; i++) {
    groups.push(words[i]! >>> 16, words[i]! & 0xffff);
  }
  const gap = longestZeroRun(groups);
  let text = "";
  for (let i = 0; i < 8; i++) {
    if (i === gap.start && gap.length > 1) {
      i += gap.length - 1;
      text += i === 7 ? "::" : ":";
      continue;
    }
    if (i > 0) text += ":";
    if (i === 6 && endsInIPv4(gap, groups)) {
      return text + formatIPv4(words[at + 3]!);
    }
    text += groups[i]!.toString(16);
  }
  return text;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(
  groups: readonly number[],
): { start: number; length: number } {
  const longest = { start: -1, length: 0 };
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > longest.length) {
      longest.start = start;
      longest.length = end - start;
    }
    start = end;
  }
  return longest;
}

/** Whether an address is written `::a.b.c.d` or `::ffff:a.b.c.d`. */
function endsInIPv4(
  gap: { start: number; length: number },
  groups: readonly number[],
): boolean {
  if (gap.start !== 0) return false;
  return gap.length === 6 || (gap.length === 5 && groups[5] === 0xffff);
}
