/** The runtime's own `child_process` and `cluster` take sockets of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome as Sent } from "../fixtures/neighbours/cluster_send.ts";
import type { Outcome } from "../fixtures/neighbours/handles.ts";
import {
  runtimeName,
  sharesNoHandles,
  takesOverNoServer,
} from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";

/** What Deno lacks to pass it on is a handle for what `Deno.listen` returns. */
const NO_SERVERS =
  "Not implemented: ChildProcess.send with non-TCP net.Server handle";

const NO_HANDLE =
  "The feature listenHandle is unavailable on this version of bun";

/** What comes of passing a server on. */
function serverOutcome(): string {
  if (runtimeName === "deno") return NO_SERVERS;
  return takesOverNoServer ? NO_HANDLE : "accepted, ours: true";
}

async function outcomeOf(fixture: string): Promise<unknown> {
  const { stdout, stderr, timedOut } = await runFixture(fixture);
  assert.equal(timedOut, false, `${stdout}${stderr}`);
  return JSON.parse(stdout);
}

test(
  "process.send(): passes sockets and a server of ours to a child, which makes them its own",
  {
    skip: sharesNoHandles,
  },
  async () => {
    const expected: Outcome = {
      use: "as it comes",
      wrap: "wrapped, ours: true",
      emit: "emitted, ours: true",
      keep: "child, then parent",
      server: serverOutcome(),
    };
    assert.deepEqual(await outcomeOf("neighbours/handles"), expected);
  },
);

/** Some of the sockets of Deno's own `net` as well (2.9.5; not reported). */
const LOSES_SOME = "Deno's cluster loses one of ten sockets on the way";

test("cluster: passes sockets of ours down and up, and the worker ends", {
  skip: sharesNoHandles || runtimeName === "deno" && LOSES_SOME,
}, async () => {
  const expected: Sent = {
    down: "from the worker",
    up: "from the primary",
    code: 0,
  };
  assert.deepEqual(await outcomeOf("neighbours/cluster_send"), expected);
});
