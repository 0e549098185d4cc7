/**
 * Which addresses a block list's rules cover.
 *
 * An IPv4 address and its IPv4-mapped form (`::ffff:a.b.c.d`) are one address,
 * so rules within that block of IPv6 are kept with the IPv4 ones, in 32 bits;
 * all others keep their 128.
 *
 * @module
 */
import { IntervalSet } from "./interval_set.ts";
import { type IPVersion, MAPPED, words } from "../address/ip.ts";
import { isIPv6Range, isMapped, type Rule } from "./rule.ts";
import { BIAS } from "./sorted_keys.ts";

/** What to do with an interval. */
type Change = "add" | "remove";

// Where an interval is put together, its words biased.
const start32 = new Int32Array(1);
const end32 = new Int32Array(1);
const start128 = new Int32Array(4);
const end128 = new Int32Array(4);

/** See the module. */
export class Coverage {
  /** IPv4 and IPv4-mapped addresses. */
  readonly #narrow = new IntervalSet(1);
  /** IPv6 addresses, and what reaches beyond the IPv4-mapped ones. */
  readonly #wide = new IntervalSet(4);

  /**
   * Whether an IPv6 address that begins with a word, not 0, may be covered.
   *
   * @param word The first 32 bits.
   */
  mayHold(word: number): boolean {
    return this.#wide.mayHold(word);
  }

  /**
   * Whether the address last read is covered.
   *
   * @param version The form it had. A range that reaches beyond the
   * IPv4-mapped addresses covers these, but not the same in IPv4 form.
   */
  has(version: IPVersion): boolean {
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

  /** Cover what a rule covers, once more if it is covered. */
  add(rule: Rule): void {
    this.#apply("add", rule);
  }

  /** Cover what a rule covers once less. */
  remove(rule: Rule): void {
    this.#apply("remove", rule);
  }

  /** Cover nothing. */
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
      // A shift by 32 is none.
      const host = bits === 32 ? 0 : -1 >>> bits;
      first.push(record[word]! & ~host);
      last.push(record[word]! | host);
    }
    this.#span(change, first, 0, last, 0);
    // Unlike a range, a subnet around all IPv4-mapped addresses has them in
    // IPv4 form, too.
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
    // From IPv4 to IPv6 or back, only IPv4-mapped addresses compare with both.
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

  /** Put an interval where it belongs. */
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
