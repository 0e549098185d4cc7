/**
 * The test that `docs/testing.md` begins with.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { createNetwork, type Host } from "../../testing/mod.ts";

/** What is tested: asks once more if the connection breaks. */
async function ask(app: Host): Promise<string> {
  for (let tries = 1;; tries++) {
    const socket = app.net.connect(5432, "db").setEncoding("utf8");
    let answer = "";
    socket.on("data", (text) => answer += text);
    try {
      await once(socket, "end");
      return answer;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

test("asks once more after a reset", async () => {
  const network = createNetwork({ seed: 42 });
  const db = network.host("db"), app = network.host("app");
  let connections = 0;
  const server = db.net.createServer((socket) => {
    socket.on("error", () => {});
    if (++connections === 1) socket.fault.afterBytes(3).reset();
    socket.end("hello");
  });
  server.listen(5432);

  assert.equal(await network.run(() => ask(app)), "hello");
  assert.equal(connections, 2);
});
