/** The runtime's own `child_process` and `cluster` take sockets of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasLibc } from "../../runtime/deno/libc.ts";
import type { Outcome as Sent } from "../fixtures/neighbours/cluster_send.ts";
import type { Outcome } from "../fixtures/neighbours/handles.ts";
import type { Outcome as SentAway } from "../fixtures/neighbours/sent_away.ts";
import {
  hidesInside,
  isDenoBefore,
  noFiles,
  runtimeName,
  sharesNoHandles,
  takesOverNoServer,
} from "../helpers/runtime.ts";
import { type FixtureOptions, runFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";

/** Without the C library there is no handle for what `Deno.listen` returns. */
const NO_SERVERS =
  "Not implemented: ChildProcess.send with non-TCP net.Server handle";

const NO_HANDLE =
  "The feature listenHandle is unavailable on this version of bun";

/** What comes of passing a server on. */
function serverOutcome(): string {
  const isHidden = hidesInside || !hasLibc();
  if (runtimeName === "deno" && isHidden) return NO_SERVERS;
  return takesOverNoServer ? NO_HANDLE : "accepted, ours: true";
}

async function outcomeOf(
  fixture: string,
  options: FixtureOptions = {},
): Promise<unknown> {
  const { stdout, stderr, timedOut } = await runFixture(fixture, options);
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

test("process.send(): on Deno a server of ours needs --allow-ffi", {
  skip: sharesNoHandles || runtimeName !== "deno" && "Deno's permissions",
}, async () => {
  const permissions = ["net", "run", "read", "env"].map((on) =>
    `--allow-${on}`
  );
  const outcome = await outcomeOf("neighbours/handles", { permissions });
  assert.equal((outcome as Outcome).server, NO_SERVERS);
});

/** There is no handle for a Unix socket of `Deno.listen`. */
const NO_PATHS = isDenoBefore("2.9.0")
  ? "Not implemented: ChildProcess.send with non-TCP net.Socket handle"
  : "Not implemented: ChildProcess.send with handle on this platform";

test(
  "process.send(): what is left of a socket of ours and of its server, and the way up",
  { skip: sharesNoHandles || noFiles },
  async () => {
    const sent = { error: null, destroyed: false, closed: true };
    const expected: SentAway = {
      over: { ...sent, answer: "the child got early, late!" },
      // What was read stays behind, as on Node.
      read: { ...sent, answer: "the child got late!" },
      path: runtimeName === "deno"
        ? { error: NO_PATHS, closed: true }
        : { ...sent, answer: "the child got early, late!" },
      up: "from the parent",
    };
    const options = { args: [uniquePath()] };
    const outcome = await outcomeOf("neighbours/sent_away", options);
    assert.deepEqual(outcome, expected);
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
