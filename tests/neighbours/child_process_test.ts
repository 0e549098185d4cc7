/** The runtime's own `child_process` takes sockets and servers of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runFixture } from "../helpers/spawn.ts";

test("process.send(): passes a socket and a server of ours to a child", async () => {
  const { stdout, stderr, timedOut } = await runFixture("handles");
  assert.equal(timedOut, false, `${stdout}${stderr}`);
  assert.deepEqual(JSON.parse(stdout), {
    socketAnswer: "from the child",
    serverAnswer: "from the child's server",
  }, stderr);
});
