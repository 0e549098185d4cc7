import assert from "node:assert/strict";
import { test } from "node:test";
import { runFixture } from "../helpers/spawn.ts";

test("net.Socket: goes on while a test tool has replaced the timers", async () => {
  const { code, stdout, stderr } = await runFixture("fake_timers");
  assert.deepEqual(stdout.trim().split("\n"), [
    "connect",
    "timeout",
    "close",
    "close of a destroyed socket",
    "close of a socket destroyed while connecting",
  ], stderr);
  assert.equal(code, 0, stderr);
});
