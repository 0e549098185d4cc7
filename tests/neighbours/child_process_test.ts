/** The runtime's own `child_process` takes sockets and servers of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeName } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";

/** What Deno lacks to pass it on is a handle for what `Deno.listen` returns. */
const NO_SERVERS =
  "Not implemented: ChildProcess.send with non-TCP net.Server handle";

test("process.send(): passes a socket and a server of ours to a child", async () => {
  const { stdout, stderr, timedOut } = await runFixture("neighbours/handles");
  assert.equal(timedOut, false, `${stdout}${stderr}`);
  assert.deepEqual(JSON.parse(stdout), {
    socketAnswer: "from the child",
    serverAnswer: runtimeName === "deno"
      ? NO_SERVERS
      : "from the child's server",
  }, stderr);
});
