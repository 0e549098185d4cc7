/**
 * `Server.ref()` and `Server.unref()`: whether a listening server keeps its
 * process alive, shown by processes that exit or stay.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import * as net from "../../mod.ts";
import { type Bed, event, received } from "../helpers/net_helpers.ts";
import { runFixture, startFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { ipcTest, tcpTest } from "../helpers/transports.ts";

/** It exited by itself, after it printed where it listens. */
const exits = [
  "unref before listen",
  "unref right after listen",
  "unref in 'listening'",
  "ref twice, unref",
  "unref, close, listen again",
  "close",
];

const stays = [
  "nothing",
  "ref",
  "unref twice, ref",
  "unref before listen, ref after",
  "unref, ref before listen",
];

function argsFor(bed: Bed, scenario: string): string[] {
  return bed.transport.ipc ? [scenario, uniquePath()] : [scenario];
}

async function assertExits(bed: Bed, scenario: string): Promise<void> {
  const args = argsFor(bed, scenario);
  const { code, stdout, stderr } = await runFixture("server_ref", { args });
  assert.equal(stderr, "", scenario);
  assert.equal(code, 0, scenario);
  if (scenario !== "close") {
    assert.match(stdout.trim(), bed.transport.ipc ? /sock/ : /^\d+$/, scenario);
  }
}

async function assertStays(bed: Bed, scenario: string): Promise<void> {
  const args = argsFor(bed, scenario);
  const child: ChildProcess = startFixture("server_ref", { args });
  let isGone = false;
  const exit = event(child, "exit").then(([code]) => {
    isGone = true;
    return code;
  });
  try {
    const [where] = await event(child.stdout!, "data");
    // Long enough for a process to exit that nothing keeps alive.
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(isGone, false, `${scenario}: the process ended`);
    const address = String(where).trim();
    const client = bed.track(
      bed.transport.ipc
        ? net.connect(address)
        : net.connect(Number(address), "127.0.0.1"),
    );
    client.on("error", () => {});
    assert.equal(String(await received(client)), "alive", scenario);
    assert.equal(await exit, 0, `${scenario}: the end`);
  } finally {
    child.kill("SIGKILL");
  }
}

// Bun before 1.4 drops calls of what is named `declare`, as if it were the word
// of TypeScript.
for (const [name, define] of [["tcp4", tcpTest], ["unix", ipcTest]] as const) {
  define(
    `Server.unref(): lets the process exit, before and after listen() and for good [${name}]`,
    async (bed) => {
      for (const scenario of exits) await assertExits(bed, scenario);
    },
  );

  define(
    `Server.ref(): a listening server keeps the process alive, whatever was before [${name}]`,
    async (bed) => {
      await Promise.all(stays.map((scenario) => assertStays(bed, scenario)));
    },
  );

  define(
    `Server.unref(): an accepted connection holds the process by itself [${name}]`,
    async (bed) => {
      const { code, stdout, stderr } = await runFixture("server_ref", {
        args: argsFor(bed, "unref with a connection"),
      });
      assert.equal(stderr, "");
      assert.match(stdout, /alive/);
      assert.equal(code, 0);
    },
  );
}

tcpTest(
  "Server.ref(), Server.unref(): without listen() return the server and hold nothing",
  async () => {
    const { code, stdout, stderr } = await runFixture("server_ref", {
      args: ["never listened"],
    });
    assert.deepEqual([code, stdout, stderr], [0, "", ""]);
  },
);
