/** This package in a worker thread, and its objects in messages to one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../fixtures/neighbours/worker_echo.ts";
import { isDenoBefore } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";

test(
  "worker_threads: a worker serves, and no message takes a socket or a server of ours",
  {
    skip: isDenoBefore("2.8.0") &&
      "Deno 2.5: the program ends before it is done, and reports nothing",
  },
  async () => {
    const { stdout, stderr, timedOut } = await runFixture(
      "neighbours/worker_echo",
      { args: [uniquePath()] },
    );
    assert.equal(timedOut, false, `${stdout}${stderr}`);
    assert.ok(stdout, `it printed nothing\n${stderr}`);
    const { errors, ...rest } = JSON.parse(stdout) as Outcome;
    assert.deepEqual(
      rest,
      { size: 1 << 20, isRight: true, after: "still here" },
      stderr,
    );
    assert.equal(errors.length, 4);
    for (const error of errors) {
      // Older versions of Node call what cannot be transferred a TypeError.
      assert.match(error, /^(DataCloneError|TypeError)$/);
    }
  },
);
