/**
 * A multiset of closed intervals of integers that answers one question fast:
 * does any interval contain this integer?
 *
 * In a list sorted by start, the intervals that start at or below an integer
 * come first. One of them contains the integer exactly if the largest of their
 * ends is not below it. Each entry therefore keeps the largest end of all entries
 * up to its own, and a check is a binary search and one comparison, however the
 * intervals nest or overlap. The list is split into blocks with a directory, so
 * that adding or removing an interval moves only the entries of one block.
 *
 * Integers are keys as in `sorted_keys.ts`, of 32 or 128 bits. An entry takes 12
 * or 48 bytes, and blocks are at least half full. A `PrefixFilter` saves the
 * search for most integers that no interval contains; for the others a
 * `RadixTable` narrows it. The table is stale after a change, and filled again
 * only when many checks have followed; until then a check searches the directory
 * and a block.
 *
 * @module
 */
import { RadixTable } from "./radix_table.ts";
import { PrefixFilter } from "./prefix_filter.ts";
import {
  BIAS,
  compare,
  copy,
  copyLarger,
  longer,
  order128,
  rank128,
  rank32,
  shift,
  type Width,
} from "./sorted_keys.ts";

/** How many entries a full block has. */
const CAPACITY = 64;

// A position in the radix table is a block's place in the directory and, in the
// lower bits, an index in that block, which may be the one after the last entry.
const SHIFT = 7;
const MASK = (1 << SHIFT) - 1;

/**
 * How many checks per block leave the radix table stale after a change. That many
 * checks take longer than filling the table, so frequent changes do not slow
 * checks down much.
 */
const PATIENCE = 16;

const EMPTY = new Int32Array(0);

/** See the module. */
export class IntervalSet {
  readonly #width: Width;

  // The entries, block by block. Unused places are at the end of each block.
  #starts: Int32Array = EMPTY;
  #ends: Int32Array = EMPTY;
  /** The largest end among the entries of the block up to this one. */
  #reach: Int32Array = EMPTY;
  /** How many entries each block has. */
  #counts: Int32Array = EMPTY;
  /** Blocks that are no longer in use. */
  readonly #free: number[] = [];

  // The directory: the blocks in the order of their entries.
  #blocks: Int32Array = EMPTY;
  /** The first start of each block. */
  #firsts: Int32Array = EMPTY;
  /** The largest end among the entries of all blocks up to this one. */
  #furthest: Int32Array = EMPTY;
  #length = 0;

  readonly #table = new RadixTable();
  /** How many more checks leave the table stale; 0 if it is up to date. */
  #staleFor = 0;

  readonly #filter = new PrefixFilter();

  /** @param width How wide the integers are, in 32-bit words. */
  constructor(width: Width) {
    this.#width = width;
  }

  /**
   * Whether an interval may contain an integer that begins with a word. For most
   * integers that none contains, this is `false`.
   *
   * @param word The word, not biased.
   */
  mayHold(word: number): boolean {
    if (this.#filter.isStale) this.#fillFilter();
    return this.#filter.mayHold(word);
  }

  /**
   * Whether an interval contains an integer of one word.
   *
   * @param x The integer, biased.
   */
  has32(x: number): boolean {
    if (!this.mayHold(x ^ BIAS)) return false;
    if (this.#length === 0) return false;
    if (!this.#hasTable()) return this.#search32(0, this.#end, x);
    const table = this.#table;
    const slot = table.slot32(x);
    return this.#search32(table.at(slot), table.at(slot + 1), x);
  }

  /**
   * Whether an interval contains an integer of four words.
   *
   * @param a The first word, biased; then `b`, `c` and `d`.
   */
  has128(a: number, b: number, c: number, d: number): boolean {
    if (this.#length === 0) return false;
    if (!this.#hasTable()) return this.#search128(0, this.#end, a, b, c, d);
    const table = this.#table;
    const slot = table.slot128(a, b, c, d);
    return this.#search128(table.at(slot), table.at(slot + 1), a, b, c, d);
  }

  /**
   * Add an interval. It may be in the set already, and is then there twice.
   *
   * @param start Its first integer, biased words.
   * @param end Its last integer, not below `start`.
   */
  add(start: Int32Array, end: Int32Array): void {
    if (this.#length === 0) this.#openBlock(0);
    let place = Math.max(this.#placeOf(start, end), 0);
    let block = this.#blocks[place]!;
    let index = this.#indexIn(block, start, end);
    if (this.#counts[block] === CAPACITY) {
      // Intervals that are added in ascending order get full blocks, not halves.
      const ascending = place === this.#length - 1 && index === CAPACITY;
      this.#split(place, ascending ? CAPACITY : CAPACITY >> 1);
      const half = this.#counts[block]!;
      if (index > half || ascending) {
        index -= half;
        block = this.#blocks[++place]!;
      }
    }
    const width = this.#width;
    const from = block * CAPACITY;
    const count = this.#counts[block]!++;
    for (const column of [this.#starts, this.#ends, this.#reach]) {
      shift(column, from + index, from + count, 1, width);
    }
    this.#starts.set(start, (from + index) * width);
    this.#ends.set(end, (from + index) * width);
    this.#refresh(place, index);
    this.#staleFor = this.#length * PATIENCE;
    this.#filter.add(start[0]! ^ BIAS, end[0]! ^ BIAS);
  }

  /**
   * Remove an interval; only one of them if it was added several times.
   *
   * @param start Its first integer, biased words.
   * @param end Its last integer.
   * @returns Whether it was there.
   */
  remove(start: Int32Array, end: Int32Array): boolean {
    const place = this.#placeOf(start, end);
    if (place < 0) return false;
    const block = this.#blocks[place]!;
    const index = this.#indexIn(block, start, end) - 1;
    const width = this.#width;
    const from = block * CAPACITY;
    if (this.#compare(from + index, start, end) !== 0) return false;
    const count = this.#counts[block]!--;
    for (const column of [this.#starts, this.#ends, this.#reach]) {
      shift(column, from + index + 1, from + count, -1, width);
    }
    if (count === 1) this.#closeBlock(place);
    else this.#refresh(place, index);
    this.#join(Math.max(place - 1, 0));
    this.#staleFor = this.#length * PATIENCE;
    this.#filter.remove();
    return true;
  }

  /** Remove all intervals and free their memory. */
  clear(): void {
    this.#starts =
      this.#ends =
      this.#reach =
      this.#counts =
        EMPTY;
    this.#blocks = this.#firsts = this.#furthest = EMPTY;
    this.#free.length = 0;
    this.#length = 0;
    this.#table.clear();
    this.#filter.clear();
  }

  /** Compares an entry with an interval: below 0, 0 or above 0. */
  #compare(entry: number, start: Int32Array, end: Int32Array): number {
    const width = this.#width;
    return compare(this.#starts, entry, start, 0, width) ||
      compare(this.#ends, entry, end, 0, width);
  }

  /** The place of the last block that begins at or below an interval, or -1. */
  #placeOf(start: Int32Array, end: Int32Array): number {
    const width = this.#width;
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#blocks[middle]! * CAPACITY;
      const order = compare(this.#firsts, middle, start, 0, width) ||
        compare(this.#ends, entry, end, 0, width);
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** How many entries of a block are at or below an interval. */
  #indexIn(block: number, start: Int32Array, end: Int32Array): number {
    const from = block * CAPACITY;
    let low = from;
    let high = from + this.#counts[block]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, start, end) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - from;
  }

  /** Update the largest ends after a change at `index` of a block. */
  #refresh(place: number, index: number): void {
    const width = this.#width;
    const block = this.#blocks[place]!;
    const from = block * CAPACITY;
    const to = from + this.#counts[block]!;
    const reach = this.#reach;
    if (index === 0) copy(this.#starts, from, this.#firsts, place, width);
    for (let i = from + index; i < to; i++) {
      // If this one is unchanged, so are those after it.
      if (!this.#accumulate(i, from) && i > from + index) break;
    }
    const furthest = this.#furthest;
    for (let i = place; i < this.#length; i++) {
      const at = this.#blocks[i]!;
      const last = at * CAPACITY + this.#counts[at]! - 1;
      const changed = i === 0
        ? copy(reach, last, furthest, i, width)
        : copyLarger(furthest, i - 1, reach, last, furthest, i, width);
      if (!changed && i > place) break;
    }
  }

  /**
   * Whether an interval contains an integer. The last entry that starts at or
   * below it comes just before a position from `low` to `high`.
   */
  #search32(low: number, high: number, x: number): boolean {
    const from = low >> SHIFT;
    const to = high >> SHIFT;
    const place = from === to
      ? from
      : rank32(this.#firsts, from + 1, to + 1, x) - 1;
    const block = this.#blocks[place]!;
    const first = block * CAPACITY;
    const last = rank32(
      this.#starts,
      first + (place === from ? low & MASK : 0),
      first + (place === to ? high & MASK : this.#counts[block]!),
      x,
    ) - 1;
    // For an integer outside all intervals the table returns any position.
    if (last < first || this.#starts[last]! > x) return false;
    return this.#reach[last]! >= x ||
      place > 0 && this.#furthest[place - 1]! >= x;
  }

  /** As `#search32`, for an integer of four words. */
  #search128(
    low: number,
    high: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): boolean {
    const from = low >> SHIFT;
    const to = high >> SHIFT;
    const place = from === to
      ? from
      : rank128(this.#firsts, from + 1, to + 1, a, b, c, d) - 1;
    const block = this.#blocks[place]!;
    const first = block * CAPACITY;
    const lowest = first + (place === from ? low & MASK : 0);
    const last = rank128(
      this.#starts,
      lowest,
      first + (place === to ? high & MASK : this.#counts[block]!),
      a,
      b,
      c,
      d,
    ) - 1;
    // See above. From `lowest` on, the search has compared the entry already.
    if (last < lowest) {
      if (last < first || order128(this.#starts, last, a, b, c, d) > 0) {
        return false;
      }
    }
    return order128(this.#reach, last, a, b, c, d) >= 0 ||
      place > 0 && order128(this.#furthest, place - 1, a, b, c, d) >= 0;
  }

  /** The position after the last entry. */
  get #end(): number {
    const place = this.#length - 1;
    return place << SHIFT | this.#counts[this.#blocks[place]!]!;
  }

  /** Whether the radix table can be used. Fills it when it is time to. */
  #hasTable(): boolean {
    if (this.#staleFor === 0) return true;
    if (--this.#staleFor > 0) return false;
    this.#fillTable();
    return true;
  }

  #fillTable(): void {
    const width = this.#width;
    const length = this.#length;
    const table = this.#table;
    const lowest = this.#firsts.subarray(0, width);
    const highest = this.#furthest.subarray((length - 1) * width);
    table.reset(this.#size(), lowest, highest, width);
    for (let place = 0; place < length; place++) {
      const block = this.#blocks[place]!;
      const first = block * CAPACITY;
      const count = this.#counts[block]!;
      for (let i = 0; i < count; i++) {
        table.append(this.#starts, first + i, (place << SHIFT) + i + 1);
      }
    }
    table.finish();
  }

  /** How many entries there are. */
  #size(): number {
    let size = 0;
    for (let place = 0; place < this.#length; place++) {
      size += this.#counts[this.#blocks[place]!]!;
    }
    return size;
  }

  #fillFilter(): void {
    const length = this.#length;
    if (length === 0) return this.#filter.reset(0, 0, 0);
    const width = this.#width;
    const filter = this.#filter;
    let reached = this.#firsts[0]!;
    const furthest = this.#furthest[(length - 1) * width]!;
    filter.reset(this.#size(), reached ^ BIAS, furthest ^ BIAS);
    for (let place = 0; place < length; place++) {
      const block = this.#blocks[place]!;
      const from = block * CAPACITY;
      const to = from + this.#counts[block]!;
      for (let entry = from; entry < to; entry++) {
        const end = this.#ends[entry * width]!;
        if (end < reached) continue;
        const start = Math.max(this.#starts[entry * width]!, reached);
        filter.mark(start ^ BIAS, end ^ BIAS);
        reached = end;
      }
    }
  }

  /** Insert an empty block into the directory. */
  #openBlock(place: number): void {
    const used = this.#length + this.#free.length;
    const block = this.#free.pop() ?? used;
    if (block === this.#counts.length) this.#grow();
    const width = this.#width;
    shift(this.#blocks, place, this.#length, 1, 1);
    shift(this.#firsts, place, this.#length, 1, width);
    shift(this.#furthest, place, this.#length, 1, width);
    this.#blocks[place] = block;
    this.#counts[block] = 0;
    this.#length++;
  }

  /** Remove an empty block from the directory. */
  #closeBlock(place: number): void {
    this.#free.push(this.#blocks[place]!);
    const width = this.#width;
    shift(this.#blocks, place + 1, this.#length, -1, 1);
    shift(this.#firsts, place + 1, this.#length, -1, width);
    shift(this.#furthest, place + 1, this.#length, -1, width);
    this.#length--;
    if (place < this.#length) this.#refresh(place, 0);
  }

  /** Move the entries of a full block from `kept` on to a new block after it. */
  #split(place: number, kept: number): void {
    this.#openBlock(place + 1);
    const block = this.#blocks[place]!;
    this.#move(block, kept, this.#blocks[place + 1]!);
    if (kept === CAPACITY) return;
    this.#refresh(place + 1, 0);
    this.#refresh(place, kept - 1);
  }

  /** Join two neighbouring blocks if together they fill at most half a block. */
  #join(place: number): void {
    if (place + 1 >= this.#length) return;
    const block = this.#blocks[place]!;
    const next = this.#blocks[place + 1]!;
    const count = this.#counts[block]!;
    if (count + this.#counts[next]! > CAPACITY >> 1) return;
    this.#move(next, 0, block);
    this.#closeBlock(place + 1);
    this.#refresh(place, count);
  }

  /** Append a block's entries from `index` on to another block. */
  #move(block: number, index: number, target: number): void {
    const width = this.#width;
    const from = block * CAPACITY + index;
    const to = block * CAPACITY + this.#counts[block]!;
    const first = target * CAPACITY;
    const place = first + this.#counts[target]!;
    for (const column of [this.#starts, this.#ends]) {
      column.copyWithin(place * width, from * width, to * width);
    }
    const end = place + to - from;
    for (let i = place; i < end; i++) this.#accumulate(i, first);
    this.#counts[target] = end - first;
    this.#counts[block] = index;
  }

  /**
   * Update the largest end up to an entry from that of the entry before it, if
   * there is one in the block. Returns whether it changed.
   */
  #accumulate(entry: number, first: number): boolean {
    const ends = this.#ends;
    const reach = this.#reach;
    return entry === first
      ? copy(ends, entry, reach, entry, this.#width)
      : copyLarger(reach, entry - 1, ends, entry, reach, entry, this.#width);
  }

  #grow(): void {
    const blocks = this.#counts.length * 2 || 1;
    const width = this.#width;
    const entries = blocks * CAPACITY * width;
    this.#starts = longer(this.#starts, entries);
    this.#ends = longer(this.#ends, entries);
    this.#reach = longer(this.#reach, entries);
    this.#counts = longer(this.#counts, blocks);
    this.#blocks = longer(this.#blocks, blocks);
    this.#firsts = longer(this.#firsts, blocks * width);
    this.#furthest = longer(this.#furthest, blocks * width);
  }
}
