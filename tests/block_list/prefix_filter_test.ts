import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalSet } from "../../polyfills/block_list/interval_set.ts";
import { PrefixFilter } from "../../polyfills/block_list/prefix_filter.ts";
import { BIAS } from "../../polyfills/block_list/sorted_keys.ts";

/** Pseudo-random words, the same in each run. */
function generator(seed: number): () => number {
  return () => {
    seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return seed ^ seed >>> 13;
  };
}

/** A wide key that begins with a word. */
function key(word: number): Int32Array {
  return Int32Array.of(word ^ BIAS, 1, 2, 3);
}

const unsigned = (x: number, y: number) => (x >>> 0) - (y >>> 0);

test("PrefixFilter: is stale until it is filled, and once cleared", () => {
  const filter = new PrefixFilter();
  assert.equal(filter.isStale, true);
  filter.add(1, 2);
  filter.remove();
  assert.equal(filter.isStale, true);
  filter.reset(0, 0, 0);
  assert.equal(filter.isStale, false);
  assert.equal(filter.mayHold(0), false);
  filter.clear();
  assert.equal(filter.isStale, true);
});

test("PrefixFilter: is stale after as many changes as it has room for", () => {
  const filter = new PrefixFilter();
  filter.reset(100, 0, -1);
  for (let i = 0; i < 99; i++) {
    if (i % 2 === 0) filter.add(i, i);
    else filter.remove();
  }
  assert.equal(filter.isStale, false);
  filter.remove();
  assert.equal(filter.isStale, true);
});

test("PrefixFilter: is stale after an interval beyond its space", () => {
  for (const [start, end] of [[0, 0x20010005], [0x20010005, -1], [-2, -1]]) {
    const filter = new PrefixFilter();
    filter.reset(1, 0x20010000, 0x2001ffff);
    filter.mark(0x20010000, 0x2001ffff);
    assert.equal(filter.mayHold(start!) && filter.mayHold(end!), false);
    filter.add(start!, end!);
    assert.equal(filter.isStale, true);
  }
});

test("PrefixFilter: marks an interval's slices and no others", () => {
  for (const length of [1, 7, 31, 32, 33, 64, 100, 2048]) {
    for (const first of [0, 1, 31, 32, 63, 1000]) {
      const last = first + length - 1;
      if (last > 2047) continue;
      // 64 intervals make 2048 slices: in this space, one for each integer.
      const filter = new PrefixFilter();
      filter.reset(64, 0x1000, 0x17ff);
      filter.mark(0x1000 + first, 0x1000 + last);
      for (let i = 0; i < 2048; i++) {
        assert.equal(filter.mayHold(0x1000 + i), i >= first && i <= last);
      }
    }
  }
});

test("IntervalSet.mayHold(): holds what the set holds, and not much else", () => {
  const random = generator(3);
  const set = new IntervalSet(4);
  const intervals: [number, number][] = [];
  assert.equal(set.mayHold(0), false);
  for (let step = 0; step < 6000; step++) {
    if (step < 4000 || step % 3 === 0) {
      // The addresses are within 2000::/8 at first, and anywhere later.
      const start = step < 2000 ? 0x20000000 | random() >>> 8 : random();
      const end = start === -1 ? start : start + (random() & 1);
      const words = [start, end].sort(unsigned) as [number, number];
      set.add(key(words[0]), key(words[1]));
      intervals.push(words);
    } else {
      const at = (random() >>> 0) % intervals.length;
      const [[start, end]] = intervals.splice(at, 1) as [[number, number]];
      assert.ok(set.remove(key(start), key(end)));
    }
    const [start, end] = intervals[(random() >>> 0) % intervals.length]!;
    assert.ok(set.mayHold(start) && set.mayHold(end));
  }
  let held = 0;
  for (const [start, end] of intervals) {
    assert.ok(set.mayHold(start) && set.mayHold(end));
  }
  for (let i = 0; i < 10_000; i++) if (set.mayHold(random())) held++;
  assert.ok(held < 2500, `${held} of 10,000`);
  set.clear();
  assert.equal(set.mayHold(intervals[0]![0]), false);
});

test("IntervalSet.mayHold(): holds everything within nested intervals", () => {
  const set = new IntervalSet(4);
  set.add(key(0), key(-1));
  for (let i = 0; i < 1000; i++) set.add(key(i * 7), key(i * 1000));
  for (const word of [0, 1, 0x7fffffff, 1 << 31, -1]) {
    assert.equal(set.mayHold(word), true);
  }
});
