import assert from "node:assert/strict";
import { test } from "node:test";
import { IntervalSet } from "../polyfills/interval_set.ts";
import { BIAS, type Width } from "../polyfills/sorted_keys.ts";

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
