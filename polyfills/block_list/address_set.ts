/**
 * The set of addresses that a block list's rules cover.
 *
 * It counts: an address that several rules cover stays in the set until each of
 * them is removed.
 *
 * An IPv4 address and its IPv4-mapped form (`::ffff:a.b.c.d`) are one address.
 * Rules within that block of IPv6 are kept with the IPv4 ones, in 32 bits, and
 * all others in 128.
 *
 * @module
 */
import { IntervalSet } from "./interval_set.ts";
import { type IPVersion, MAPPED } from "../address/ip.ts";
import { isIPv6Range, isMapped, type Rule } from "./rule.ts";
import { BIAS } from "./sorted_keys.ts";

/** What to do with an interval. */
type Change = "add" | "remove";

// Buffers for the ends of an interval. Their words are biased.
const start32 = new Int32Array(1);
const end32 = new Int32Array(1);
const start128 = new Int32Array(4);
const end128 = new Int32Array(4);

/** See the module. */
export class AddressSet {
  /** IPv4 and IPv4-mapped addresses. */
  readonly #narrow = new IntervalSet(1);
  /** IPv6 addresses, and intervals that reach beyond the IPv4-mapped ones. */
  readonly #wide = new IntervalSet(4);

  /**
   * Whether the set may contain an IPv6 address that begins with a word.
   *
   * @param word The first 32 bits, not 0.
   */
  mayHold(word: number): boolean {
    return this.#wide.mayHold(word);
  }

  /**
   * Whether the set contains an address.
   *
   * @param words The address, as `scanAddress` converts it.
   * @param version How the address was written. A range that reaches beyond the
   * IPv4-mapped addresses covers them as IPv6, but not when they are written as
   * IPv4.
   */
  has(words: Int32Array, version: IPVersion): boolean {
    const a = words[0]!;
    const b = words[1]!;
    const c = words[2]!;
    const d = words[3]! ^ BIAS;
    if (a === 0 && b === 0 && c === MAPPED) {
      if (this.#narrow.has32(d)) return true;
      if (version === "ipv4") return false;
    }
    return this.#wide.has128(a ^ BIAS, b ^ BIAS, c ^ BIAS, d);
  }

  /** Add the addresses of a rule. */
  add(rule: Rule): void {
    this.#apply("add", rule);
  }

  /** Remove the addresses of a rule that was added. */
  remove(rule: Rule): void {
    this.#apply("remove", rule);
  }

  /** Remove all addresses. */
  clear(): void {
    this.#narrow.clear();
    this.#wide.clear();
  }

  #apply(change: Change, { kind, record }: Rule): void {
    if (kind === "address") this.#span(change, record, 0, record, 0);
    else if (kind === "subnet") this.#subnet(change, record);
    else this.#range(change, record);
  }

  #subnet(change: Change, record: readonly number[]): void {
    const tag = record[4]!;
    const prefix = (tag & 255) + (tag >> 8 === 4 ? 96 : 0);
    const first: number[] = [];
    const last: number[] = [];
    for (let word = 0; word < 4; word++) {
      const bits = Math.min(Math.max(prefix - word * 32, 0), 32);
      // `-1 >>> 32` is -1, not 0: shifts count modulo 32.
      const host = bits === 32 ? 0 : -1 >>> bits;
      first.push(record[word]! & ~host);
      last.push(record[word]! | host);
    }
    this.#span(change, first, 0, last, 0);
    // Unlike a range, a subnet around all IPv4-mapped addresses also covers
    // addresses that are written as IPv4.
    const holdsMapped = prefix < 96 && first[0] === 0 && first[1] === 0 &&
      first[2]! >>> 0 <= MAPPED && last[2]! >>> 0 >= MAPPED;
    if (holdsMapped) {
      start32[0] = BIAS;
      end32[0] = ~BIAS;
      this.#narrow[change](start32, end32);
    }
  }

  #range(change: Change, record: readonly number[]): void {
    const startIsMapped = isMapped(record, 0);
    const endIsMapped = isMapped(record, 4);
    if (isIPv6Range(record) || startIsMapped === endIsMapped) {
      this.#span(change, record, 0, record, 4);
      return;
    }
    // One end is IPv4 and the other IPv6. Only IPv4-mapped addresses can be
    // compared with both.
    const first = startIsMapped ? record.slice(0, 4) : [0, 0, MAPPED, 0];
    const last = endIsMapped ? record.slice(4, 8) : [0, 0, MAPPED, -1];
    const other = startIsMapped ? 4 : 0;
    const isAbove = record[other] !== 0 || record[other + 1] !== 0 ||
      record[other + 2]! >>> 0 > MAPPED;
    if (isAbove === startIsMapped) {
      fill(start128, first, 0);
      fill(end128, last, 0);
      this.#wide[change](start128, end128);
    }
  }

  /** Apply a change to the interval set that an interval belongs to. */
  #span(
    change: Change,
    first: readonly number[],
    i: number,
    last: readonly number[],
    j: number,
  ): void {
    if (isMapped(first, i) && isMapped(last, j)) {
      start32[0] = first[i + 3]! ^ BIAS;
      end32[0] = last[j + 3]! ^ BIAS;
      this.#narrow[change](start32, end32);
    } else {
      fill(start128, first, i);
      fill(end128, last, j);
      this.#wide[change](start128, end128);
    }
  }
}

function fill(key: Int32Array, record: readonly number[], at: number): void {
  for (let word = 0; word < 4; word++) key[word] = record[at + word]! ^ BIAS;
}
