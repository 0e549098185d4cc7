/**
 * Exceptions of listeners and callbacks, as Node treats them. A program of its
 * own throws them: a test runner would take each for a failure.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayTakeAnyWrite } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";

/** What Node 20 to 26 print for each scenario. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "data": [
    "uncaughtException: data",
    "B",
    "end",
    "closed",
    "server closed",
  ],
  "onread callback": [
    "A",
    "uncaughtException: onread",
    "B",
    "end",
    "closed",
    "server closed",
  ],
  "end": ["uncaughtException: end", "closed", "server closed"],
  // 'drain' is emitted first, and its exception keeps the callback from being
  // called.
  "write callback and drain": [
    "uncaughtException: drain",
    "closed",
    "server closed",
    "2",
  ],
  "connect and connection": [
    "uncaughtException: connection",
    "uncaughtException: connect",
    "closed",
    "server closed",
  ],
  "error and close": [
    "ECONNRESET",
    "uncaughtException: close",
    "uncaughtException: error",
    "server closed",
  ],
  "listening of a second listen": [
    "uncaughtException: listening",
    "closed",
    "server closed",
  ],
};

let results: Promise<Map<string, readonly string[]>> | undefined;

async function throwEverywhere(): Promise<Map<string, readonly string[]>> {
  const { stdout, stderr } = await runFixture("exceptions/listeners", {
    timeout: 100_000,
  });
  assert.equal(stderr, "");
  const lines = stdout.split("\n").filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line)));
}

for (const [name, expected] of Object.entries(EXPECTED)) {
  const skip = name.includes("drain") && mayTakeAnyWrite;
  test(`an exception is uncaught, and the rest goes on: ${name}`, {
    skip,
  }, async () => {
    results ??= throwEverywhere();
    assert.deepEqual((await results).get(name), expected);
  });
}

test("an exception of a listener ends a program that listens to none", async () => {
  const { code, stdout, stderr } = await runFixture("exceptions/data_listener");
  assert.equal(stdout, "A\n");
  assert.match(stderr, /thrown by the listener/);
  assert.doesNotMatch(stderr, /in promise/);
  assert.notEqual(code, 0);
});

test("an exception of onread loses none of the bytes that follow", async () => {
  const { stdout, stderr } = await runFixture("exceptions/onread_slices");
  assert.equal(stderr, "");
  const rest = ["BBBB", "CCCC", "12"];
  assert.deepEqual(stdout.split("\n").filter(Boolean), [
    ...["AAAA", "uncaughtException: callback", ...rest],
    ...["connect() throws: function", "0"],
    ...["AAAA", "uncaughtException: function", ...rest],
  ]);
});
