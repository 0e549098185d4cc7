/**
 * `Server.listen({ fd })`: listens on a socket that the process inherited.
 *
 * @module
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { event, received } from "../helpers/net_helpers.ts";
import { noInheritedPath, sharesNoHandles } from "../helpers/runtime.ts";
import { startFixture } from "../helpers/spawn.ts";
import { noSecondTransport } from "../helpers/transports.ts";
import { uniquePath } from "../helpers/temp_folder.ts";

const skip = noSecondTransport || process.platform === "win32" &&
    "descriptors are inherited on POSIX systems";

/**
 * Starts a process that listens on an inherited descriptor. Returns the line it
 * prints.
 */
async function inherit(
  where: string,
  check: (line: string) => Promise<void>,
): Promise<void> {
  const child = startFixture("listen_fd", { args: [where] });
  let stderr = "";
  child.stderr!.on("data", (text: string) => stderr += text);
  const end = event(child, "close");
  const line = await Promise.race([
    event(child.stdout!, "data").then(([text]) => String(text).trim()),
    end.then(() => assert.fail(`the process ended: ${stderr}`)),
  ]);
  try {
    await check(line);
    await end;
    assert.equal(stderr, "");
  } finally {
    child.kill("SIGKILL");
  }
}

/** What the server sends to a client. */
async function answer(client: net.Socket): Promise<string> {
  client.on("error", (error) => assert.fail(error));
  return String(await received(client));
}

test("Server.listen({ fd }): serves an inherited TCP socket", {
  skip: skip || sharesNoHandles,
  timeout: 30_000,
}, async () => {
  await inherit("tcp", async (line) => {
    const { address, family, port } = JSON.parse(line) as net.AddressInfo;
    assert.deepEqual([address, family], ["127.0.0.1", "IPv4"]);
    assert.equal(await answer(net.connect(port, address)), "inherited");
  });
});

test(
  "Server.listen({ fd }): serves an inherited Unix socket, whose path it does not know",
  { skip: skip || noInheritedPath || sharesNoHandles, timeout: 30_000 },
  async () => {
    const path = uniquePath();
    try {
      await inherit(path, async (line) => {
        assert.equal(line, "null");
        assert.equal(await answer(net.connect(path)), "inherited");
      });
    } finally {
      rmSync(path, { force: true });
    }
  },
);
