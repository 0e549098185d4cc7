/**
 * Listeners and callbacks that throw, wherever a program can have one: each
 * exception is an uncaught one, once; the connection and the server go on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { noFullListener } from "../connect/full_listener.ts";
import { mayTakeAnyWrite } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { sharesPipes } from "../helpers/wine.ts";

/** What is left to the program in Node, too. */
const AS_NODE: Readonly<Record<string, readonly string[]>> = {
  "'connect'": ["the client does not close"],
  "'end'": ["the client does not close"],
  "the callback of a late write() of a socket that ends": [
    "the client does not close",
    "the server does not close",
  ],
};

/** What waits for a write that the system does not take at once. */
const LATE = /a late write\(\)|'drain'/;

test("a handler that throws, at any place, stops nothing else", async () => {
  const { stdout, stderr } = await runFixture("hostile/handlers", {
    timeout: 100_000,
  });
  const results = stdout.split("\n").filter(Boolean)
    .map((line) => JSON.parse(line) as [string, string[]]);
  const unexpected = results.filter(([name, log]) => {
    // It is not late there.
    if (mayTakeAnyWrite && LATE.test(name)) return false;
    if (sharesPipes && name === "'error' of a server [path]") return false;
    const expected = AS_NODE[name.replace(/ \[\w+\]$/, "")] ?? [];
    return log.join() !== expected.join();
  });
  assert.deepEqual(unexpected, []);
  assert.equal(stderr, "");
  // It ran to its end.
  assert.equal(results.at(-1)?.[0], "'close' of a connect [path]");
  assert.ok(results.length >= (noFullListener ? 79 : 80));
});
