import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeName } from "./runtime.ts";
import { runFixture } from "./spawn.ts";

test("runFixture(): runs a program on the runtime of the test", async () => {
  const result = await runFixture("hello", { args: ["a", "b c"] });
  assert.deepEqual(JSON.parse(result.stdout), {
    runtime: runtimeName,
    args: ["a", "b c"],
  });
  assert.equal(result.stderr, "");
  assert.equal(result.code, 3);
  assert.equal(result.signal, null);
  assert.equal(result.timedOut, false);
});

test("runFixture(): kills a program that does not end in time", async () => {
  const result = await runFixture("stays", { timeout: 300 });
  assert.equal(result.timedOut, true);
  assert.equal(result.signal, "SIGKILL");
});

test("runFixture(): an empty list of permissions grants none", async () => {
  const result = await runFixture("hello", { permissions: [] });
  assert.equal(JSON.parse(result.stdout).runtime, runtimeName);
  assert.equal(result.stderr, "");
});
