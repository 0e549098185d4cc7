import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalSet } from "../../polyfills/block_list/interval_set.ts";
import { BIAS, type Width } from "../../polyfills/block_list/sorted_keys.ts";

/** Pseudo-random numbers, the same in each run. */
function generator(seed: number): (below: number) => number {
  return (below) => {
    seed = Math.imul(seed, 1664525) + 1013904223 | 0;
    return Math.floor((seed >>> 0) / 2 ** 32 * below);
  };
}

/** A key whose value is spread over its words, so that all of them count. */
function key(value: number, width: Width): Int32Array {
  if (width === 1) return Int32Array.of(value * 3 ^ BIAS);
  const words = [0x20010db8, value >> 12, value >> 6 & 63, value & 63];
  return Int32Array.from(words, (word) => word ^ BIAS);
}

function has(set: IntervalSet, value: number, width: Width): boolean {
  const [a, b, c, d] = key(value, width);
  return width === 1 ? set.has32(a!) : set.has128(a!, b!, c!, d!);
}

const LIMIT = 1 << 18;

/** How many of the intervals hold each value, kept by counting. */
class Counts {
  readonly #counts = new Int32Array(LIMIT);

  change(start: number, end: number, by: number): void {
    for (let value = start; value <= end; value++) this.#counts[value]! += by;
  }

  has(value: number): boolean {
    return this.#counts[value]! > 0;
  }
}

for (const width of [1, 4] as const) {
  const bits = width * 32;

  test(`IntervalSet, ${bits} bits: holds what any interval holds`, () => {
    const random = generator(width);
    const set = new IntervalSet(width);
    const counts = new Counts();
    const intervals: [number, number][] = [];
    const check = () => {
      for (let i = 0; i < 50; i++) {
        const value = random(LIMIT);
        assert.equal(has(set, value, width), counts.has(value), `${value}`);
      }
      for (const value of [0, LIMIT - 1, ...intervals.at(-1) ?? []]) {
        assert.equal(has(set, value, width), counts.has(value), `${value}`);
      }
    };
    // Grows to thousands, shrinks to none, and grows again.
    for (let step = 0; step < 16_000; step++) {
      const growing = step % 8000 < 5000;
      if (intervals.length === 0 || random(10) < (growing ? 8 : 1)) {
        const length = [1, 1, 30, 300, 3000][random(5)]!;
        const start = random(step % 3 === 0 ? 64 : LIMIT - 3000);
        const end = start + random(length);
        set.add(key(start, width), key(end, width));
        counts.change(start, end, 1);
        intervals.push([start, end]);
      } else {
        const [[start, end]] = intervals.splice(
          random(intervals.length),
          1,
        ) as [[number, number]];
        assert.equal(set.remove(key(start, width), key(end, width)), true);
        counts.change(start, end, -1);
      }
      if (step % 20 === 0) check();
    }
    for (const [start, end] of intervals) {
      set.remove(key(start, width), key(end, width));
      counts.change(start, end, -1);
    }
    intervals.length = 0;
    check();
  });

  test(`IntervalSet, ${bits} bits: in order, in reverse, and equal`, () => {
    for (
      const place of [
        (i: number) => i * 2,
        (i: number) => 8000 - i * 2,
        () => 4000,
      ]
    ) {
      const set = new IntervalSet(width);
      for (let i = 0; i < 4000; i++) {
        set.add(key(place(i), width), key(place(i), width));
      }
      assert.equal(has(set, place(0), width), true);
      assert.equal(has(set, place(3999), width), true);
      assert.equal(has(set, 1001, width), false);
      for (let i = 0; i < 3999; i++) {
        assert.ok(set.remove(key(place(i), width), key(place(i), width)));
      }
      assert.equal(has(set, place(3999), width), true);
      assert.ok(set.remove(key(place(3999), width), key(place(3999), width)));
      assert.equal(has(set, place(3999), width), false);
    }
  });

  test(`IntervalSet, ${bits} bits: removes only what is there`, () => {
    const set = new IntervalSet(width);
    assert.equal(set.remove(key(1, width), key(1, width)), false);
    set.add(key(5, width), key(9, width));
    for (const [start, end] of [[4, 9], [5, 8], [5, 10], [6, 9]]) {
      assert.equal(set.remove(key(start!, width), key(end!, width)), false);
    }
    assert.equal(has(set, 5, width), true);
    set.clear();
    assert.equal(has(set, 5, width), false);
    assert.equal(set.remove(key(5, width), key(9, width)), false);
  });
}

test("IntervalSet: holds no longer what was below all that is left", () => {
  for (const width of [1, 4] as const) {
    const at = (word: number) => new Int32Array(width).fill(word ^ BIAS);
    for (const [low, high] of [[0, 1 << 31], [0x0a000000, 0x0a010000]]) {
      const set = new IntervalSet(width);
      const holds = (word: number) => {
        const [a, b, c, d] = at(word);
        return width === 1 ? set.has32(a!) : set.has128(a!, b!, c!, d!);
      };
      // More than one block of either.
      for (let i = 0; i < 100; i++) set.add(at(low! + i), at(low! + i));
      for (let i = 0; i < 100; i++) set.add(at(high! + i), at(high! + i));
      for (let i = 0; i < 100; i++) assert.ok(holds(low! + i));
      for (let i = 0; i < 100; i++) set.remove(at(low! + i), at(low! + i));
      // At first without an index, then with one.
      for (let round = 0; round < 5; round++) {
        for (let i = 99; i >= 0; i--) assert.ok(!holds(low! + i), `${i}`);
        for (let i = 99; i >= 0; i--) assert.ok(holds(high! + i), `${i}`);
      }
    }
  }
});

/** Ways to make a key of a number up to `SPACE`, in the same order. */
const SHAPES: Readonly<Record<string, (value: number) => readonly number[]>> = {
  "32 bits": (value) => [value << 20],
  "32 bits, low": (value) => [0x0a000000 | value],
  "first word": (value) => [value << 20, 0, 0, 0],
  "first two words": (value) => [0x20010db8 | value >> 9, value << 23, 0, 5],
  "third word": (value) => [0x20010db8, 1, value << 20, 0],
  "last word": (value) => [0x20010db8, 0, -1, value],
};

const SPACE = 4096;

for (const [shape, wordsOf] of Object.entries(SHAPES)) {
  const biased = (value: number) =>
    Int32Array.from(wordsOf(value), (word) => word ^ BIAS);
  const width = wordsOf(0).length as Width;

  test(`IntervalSet, ${shape}: the same before and after it is indexed`, () => {
    const random = generator(shape.length);
    const set = new IntervalSet(width);
    const counts = new Counts();
    const intervals: [number, number][] = [];
    const holds = (value: number) => {
      const [a, b, c, d] = biased(value);
      return width === 1 ? set.has32(a!) : set.has128(a!, b!, c!, d!);
    };
    const check = (values: Iterable<number>) => {
      for (const value of values) {
        assert.equal(holds(value), counts.has(value), `${value}`);
      }
    };
    const all = Array.from({ length: SPACE }, (_, value) => value);
    const add = (start: number, end: number) => {
      set.add(biased(start), biased(end));
      counts.change(start, end, 1);
      intervals.push([start, end]);
    };
    const remove = (at: number) => {
      const [[start, end]] = intervals.splice(at, 1) as [[number, number]];
      assert.ok(set.remove(biased(start), biased(end)));
      counts.change(start, end, -1);
    };
    const anywhere = () => [random(SPACE), random(SPACE), 0, SPACE - 1];
    // Small at first, so that the index is made in few checks.
    for (const size of [1, 2, 40, 65, 700]) {
      while (intervals.length < size) {
        const length = [1, 1, 3, 3, 200][random(5)]!;
        const start = 64 + random(SPACE - 500);
        add(start, start + random(length));
      }
      // The first of these without an index, the last with it.
      for (let round = 0; round < 3; round++) check(all);
      for (let step = 0; step < 60; step++) {
        // A change after few checks, and after many.
        const [start, end] = intervals[random(intervals.length)]!;
        if (step % 5 === 0) add(start, end);
        else if (step % 5 === 1) add(random(64), random(2) * 64 + 64);
        else if (step % 5 === 2) add(SPACE - 1 - random(64), SPACE - 1);
        else remove(random(intervals.length));
        check([start, end, Math.max(start - 1, 0), ...anywhere()]);
        check([Math.min(end + 1, SPACE - 1)]);
        if (step % 12 === 0) check(all);
      }
    }
    while (intervals.length > 0) {
      remove(0);
      check(anywhere());
    }
    check(all);
    add(5, 9);
    check(all);
    set.clear();
    counts.change(5, 9, -1);
    check(all);
  });
}
