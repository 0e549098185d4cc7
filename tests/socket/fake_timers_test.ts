/**
 * Sockets go on while a test tool has replaced the timers. `process.nextTick` is
 * not among them: the streams of all three runtimes look it up for each call, so
 * that no socket goes on without it, their own neither.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runFixture } from "../helpers/spawn.ts";

const EXPECTED: readonly string[] = [
  ...["listening", "connect", "data", "the callback of write()", "timeout"],
  ...["end", "close"],
  ...["connect", "close of a destroyed socket"],
  "close of a socket destroyed while connecting",
  "close of the server",
  ...["error", "close of a refused socket"],
];

for (const adapter of ["own", "memory"]) {
  for (const kind of ["tcp", "path"]) {
    for (const names of [["timers"], ["timers", "queueMicrotask"]]) {
      const title = `go on while ${names.join(" and ")} are replaced`;
      test(`sockets ${title} [${adapter} adapter, ${kind}]`, async () => {
        const { code, stdout, stderr } = await runFixture("fake_timers", {
          args: [adapter, kind, ...names],
        });
        assert.deepEqual(stdout.trim().split("\n"), EXPECTED, stderr);
        assert.equal(code, 0, stderr);
      });
    }
  }
}
