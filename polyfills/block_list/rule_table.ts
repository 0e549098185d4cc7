/**
 * The rules of one kind, in insertion order and with a hash table to find them.
 *
 * A rule is a record of a few 32-bit words, the first of which are its key.
 * Records lie one after the other in a typed array; the hash table maps a key to
 * its newest record. A removed record leaves a hole. When the array is full and
 * at least half of it is holes, the records are moved together instead of
 * enlarging it. A rule takes its words and 8 to 12 bytes.
 *
 * @module
 */
import { longer } from "./sorted_keys.ts";

/** A link that leads to no record: the end of a chain. */
const NONE = -1;

/** The link of a record that was removed. */
const REMOVED = -2;

/** See the module. */
export class RuleTable {
  readonly #width: number;
  readonly #keyWidth: number;
  #words: Int32Array = new Int32Array(0);
  /** From a record to the next older one in the same bucket. */
  #links: Int32Array = new Int32Array(0);
  /** The newest record of each bucket; as many as there are links. */
  #buckets: Int32Array = new Int32Array(0);
  /** How many places are in use, including holes. */
  #length = 0;
  #size = 0;

  /**
   * @param width How many words a record has.
   * @param keyWidth How many of them, counted from the first, are its key.
   */
  constructor(width: number, keyWidth: number) {
    this.#width = width;
    this.#keyWidth = keyWidth;
  }

  /** How many rules there are. */
  get size(): number {
    return this.#size;
  }

  /** Append a rule. */
  add(record: ArrayLike<number>): void {
    if (this.#length === this.#links.length) this.#makeRoom();
    const place = this.#length++;
    this.#write(record, place);
    this.#link(place);
    this.#size++;
  }

  /**
   * Replace the newest rule that has the same key. The new one takes its place.
   *
   * @returns Whether there was one.
   */
  replace(record: ArrayLike<number>): boolean {
    if (this.#size === 0) return false;
    const place = this.#find(this.#buckets[this.#bucketOf(record, 0)]!, record);
    if (place === NONE) return false;
    this.#write(record, place);
    return true;
  }

  /**
   * Remove the newest rule that has the same key.
   *
   * @returns Whether there was one.
   */
  remove(record: ArrayLike<number>): boolean {
    if (this.#size === 0) return false;
    const bucket = this.#bucketOf(record, 0);
    const head = this.#buckets[bucket]!;
    const place = this.#find(head, record);
    if (place === NONE) return false;
    const next = this.#links[place]!;
    if (place === head) this.#buckets[bucket] = next;
    else {
      let newer = head;
      while (this.#links[newer] !== place) newer = this.#links[newer]!;
      this.#links[newer] = next;
    }
    this.#links[place] = REMOVED;
    if (--this.#size === 0) this.clear();
    return true;
  }

  /** Remove all rules and free their memory. */
  clear(): void {
    this.#words = new Int32Array(0);
    this.#links = new Int32Array(0);
    this.#buckets = new Int32Array(0);
    this.#length = 0;
    this.#size = 0;
  }

  /**
   * Call `visit` for each rule, the newest first.
   *
   * @param visit Called with an array that holds the rule's record, and the
   * index of the record's first word.
   */
  forEachNewestFirst(visit: (words: Int32Array, at: number) => void): void {
    for (let place = this.#length - 1; place >= 0; place--) {
      if (this.#links[place] === REMOVED) continue;
      visit(this.#words, place * this.#width);
    }
  }

  /** The newest record with a key, in a chain that starts at `place`. */
  #find(place: number, record: ArrayLike<number>): number {
    for (; place !== NONE; place = this.#links[place]!) {
      const at = place * this.#width;
      let word = 0;
      while (
        word < this.#keyWidth && this.#words[at + word] === record[word]
      ) word++;
      if (word === this.#keyWidth) return place;
    }
    return NONE;
  }

  /** The bucket of the key that starts at `at`. */
  #bucketOf(words: ArrayLike<number>, at: number): number {
    let hash = 0;
    for (let word = 0; word < this.#keyWidth; word++) {
      hash = Math.imul(hash ^ words[at + word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    // The number of buckets is a power of two.
    return (hash ^ hash >>> 13) & (this.#buckets.length - 1);
  }

  #write(record: ArrayLike<number>, place: number): void {
    const at = place * this.#width;
    for (let word = 0; word < this.#width; word++) {
      this.#words[at + word] = record[word]!;
    }
  }

  #link(place: number): void {
    const bucket = this.#bucketOf(this.#words, place * this.#width);
    this.#links[place] = this.#buckets[bucket]!;
    this.#buckets[bucket] = place;
  }

  /** Close the holes, and double the room unless half of it was holes. */
  #makeRoom(): void {
    const width = this.#width;
    const room = this.#links.length;
    if (this.#size > room >> 1 || room === 0) {
      this.#words = longer(this.#words, (room * 2 || 4) * width);
      this.#links = longer(this.#links, room * 2 || 4);
    }
    let kept = 0;
    for (let place = 0; place < this.#length; place++) {
      if (this.#links[place] === REMOVED) continue;
      const at = place * width;
      this.#words.copyWithin(kept * width, at, at + width);
      this.#links[kept++] = NONE;
    }
    this.#length = kept;
    this.#buckets = new Int32Array(this.#links.length).fill(NONE);
    for (let place = 0; place < kept; place++) this.#link(place);
  }
}
