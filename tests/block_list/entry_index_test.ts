import assert from "node:assert/strict";
import { test } from "node:test";
import { EntryIndex } from "../../polyfills/block_list/entry_index.ts";
import {
  BIAS,
  compare,
  order128,
  type Width,
} from "../../polyfills/block_list/sorted_keys.ts";

/** Pseudo-random words, the same in each run. */
function generator(seed: number): () => number {
  return () => {
    seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return seed ^ seed >>> 13;
  };
}

function slotOf(index: EntryIndex, key: Int32Array): number {
  const [a, b, c, d] = key;
  return key.length === 1 ? index.slot32(a!) : index.slot128(a!, b!, c!, d!);
}

/** An index of keys whose positions are their numbers. */
function fill(
  keys: readonly Int32Array[],
  lowest: Int32Array = keys[0]!,
  highest: Int32Array = keys.at(-1)!,
): EntryIndex {
  const index = new EntryIndex();
  index.reset(keys.length, lowest, highest, lowest.length as Width);
  keys.forEach((key, i) => index.put(key, 0, i + 1));
  index.finish();
  return index;
}

const sorted = (keys: Int32Array[]) =>
  keys.sort((x, y) => compare(x, 0, y, 0, x.length as Width));

/** How many keys are at most as great as an integer. */
function rank(keys: readonly Int32Array[], x: Int32Array): number {
  return keys.filter((key) => compare(key, 0, x, 0, x.length as Width) <= 0)
    .length;
}

/** Keys of which the words behind a prefix are random. */
function under(prefix: readonly number[], width: Width, count: number) {
  const random = generator(prefix.length + 1);
  return sorted(Array.from({ length: count }, () =>
    Int32Array.from(
      { length: width },
      (_, word) => (prefix[word] ?? random()) ^ BIAS,
    )));
}

const SETS: Readonly<Record<string, Int32Array[]>> = {
  "32 bits": under([], 1, 500),
  "128 bits": under([], 4, 500),
  "one word in common": under([0x20010db8], 4, 300),
  "two words in common": under([0x20010db8, -1], 4, 300),
  "three words in common": under([0, 0, 1], 4, 300),
  "bits across two words": sorted(
    Array.from(
      { length: 300 },
      (_, i) =>
        Int32Array.from([0x20010db8 & ~7 | i >>> 6, i << 26, i, i]).map((
          word,
        ) => word ^ BIAS),
    ),
  ),
  "one key": under([5], 1, 1),
  "equal keys": under([1, 2, 3, 4], 4, 40),
  "the last bit": [[7, 7, 7, 6], [7, 7, 7, 7]].map((key) =>
    Int32Array.from(key)
  ),
  "both ends": [[0, 0, 0, 0], [-1, -1, -1, -1]].map((key) =>
    Int32Array.from(key, (word) => word ^ BIAS)
  ),
};

for (const [name, keys] of Object.entries(SETS)) {
  test(`EntryIndex: a slot has where its keys begin and end (${name})`, () => {
    const index = fill(keys);
    const slots = keys.map((key) => slotOf(index, key));
    for (const slot of new Set(slots.flatMap((slot) => [slot, slot + 1]))) {
      const before = slots.filter((other) => other < slot).length;
      assert.equal(index.at(slot), before);
    }
    keys.forEach((x, i) => {
      const end = rank(keys, x);
      assert.ok(index.at(slots[i]!) < end && index.at(slots[i]! + 1) >= end);
    });
  });
}

test("EntryIndex: has a place for integers between and around the keys", () => {
  for (const width of [1, 4] as const) {
    const keys = under([], width, 200);
    const probes = under([], width, 1000).concat(keys);
    const ends = [0, -1].map((word) => new Int32Array(width).fill(word ^ BIAS));
    const index = fill(keys, ends[0], ends[1]);
    for (const x of [...ends, ...probes]) {
      const slot = slotOf(index, x);
      const end = rank(keys, x);
      assert.ok(index.at(slot) <= end && index.at(slot + 1) >= end);
    }
  }
});

test("EntryIndex: leaves a few keys to search, under a long prefix, too", () => {
  for (const prefix of [[], [0x20010db8], [0x20010db8, 1, 2]]) {
    const keys = under(prefix, 4, 1000);
    const index = fill(keys);
    let left = 0;
    for (const key of keys) {
      const slot = slotOf(index, key);
      left += index.at(slot + 1) - index.at(slot);
    }
    assert.ok(left < 3 * keys.length, `${left} for ${keys.length}`);
  }
});

test("EntryIndex: forgets what was in it", () => {
  const index = fill(SETS["32 bits"]!);
  const keys = under([0x20010db8], 4, 10);
  index.reset(keys.length, keys[0]!, keys.at(-1)!, 4);
  keys.forEach((key, i) => index.put(key, 0, i + 1));
  index.finish();
  for (const key of keys) {
    const slot = slotOf(index, key);
    const from = index.at(slot);
    const to = index.at(slot + 1);
    const [a, b, c, d] = key;
    assert.ok(
      keys.slice(from, to).some((key) =>
        order128(key, 0, a!, b!, c!, d!) === 0
      ),
    );
    assert.ok(to <= keys.length);
  }
});
