/**
 * The address of a closed server: free when `'close'` is emitted, and left
 * alone from then on. The runtime's own `node:net` stands for another program.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import native from "node:net";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { event, turn } from "../helpers/net_helpers.ts";
import {
  isDenoBefore,
  noFiles,
  ownPipesDoNotEnd,
  runtimeName,
} from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { forEachTransport, portOf } from "../helpers/transports.ts";

/** Listen with the runtime's own `net`; rejects if that fails. */
function listenElsewhere(options: object): Promise<native.Server> {
  return new Promise((resolve, reject) => {
    const server = native.createServer((socket) => socket.end("successor"));
    server.once("error", reject);
    server.listen(options, () => resolve(server));
  });
}

async function answerOf(socket: native.Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

forEachTransport(
  "Server.close(): the address is free in the callback",
  async (bed) => {
    for (let round = 0; round < 5; round++) {
      const server = await bed.listen();
      const at = bed.transport.connectOptions(server);
      const successor = await new Promise<native.Server>((resolve, reject) => {
        server.close(() => listenElsewhere(at).then(resolve, reject));
      });
      await turn();
      await turn();
      const client = native.connect(at as native.NetConnectOpts);
      assert.equal(await answerOf(client), "successor");
      // Deno's own, up to 2.7.12, does not call back.
      successor.close();
    }
  },
  ({ ipc }) => ipc && ownPipesDoNotEnd,
);

forEachTransport(
  "Server.close(): with open connections, the address is free at 'close'",
  async (bed) => {
    const { server, client, peer } = await bed.pair();
    const at = bed.transport.connectOptions(server);
    const closing = event(server, "close");
    server.close();
    client.destroy();
    peer.destroy();
    await closing;
    const successor = await listenElsewhere(at);
    await new Promise((resolve) => successor.close(resolve));
  },
);

forEachTransport(
  "Server.close(): 'close' is emitted once, and again for a second close()",
  async (bed) => {
    const server = await bed.listen();
    const results: unknown[] = [];
    let closes = 0;
    server.on("close", () => closes++);
    server.close((error) => results.push(error));
    server.close((error) => {
      results.push((error as NodeJS.ErrnoException).code);
    });
    await event(server, "close");
    await turn();
    await turn();
    assert.deepEqual(results, [undefined, "ERR_SERVER_NOT_RUNNING"]);
    assert.equal(closes, 2);
  },
);

forEachTransport(
  "Server.close(): an unreferenced server emits 'close', too",
  async (bed) => {
    const server = await bed.listen();
    server.unref();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  },
);

test("Server.close(): a folder in the place of its socket file stays", {
  skip: noFiles,
}, async () => {
  const path = uniquePath();
  const server = net.createServer().listen(path);
  await event(server, "listening");
  fs.unlinkSync(path);
  fs.mkdirSync(path);
  server.close();
  await event(server, "close");
  await turn();
  assert.ok(fs.statSync(path).isDirectory());
  fs.rmdirSync(path);
});

const SUCCESSOR = `
const fs = require("fs");
const [path] = process.argv.slice(1);
fs.rmSync(path, { force: true });
require("net").createServer((socket) => socket.end("successor"))
  .listen(path, () => fs.writeFileSync(path + ".ready", ""));
`;

/**
 * Another process that listens on a path when this returns. It removes what has
 * the path before.
 */
function startSuccessor(path: string): ChildProcess {
  const node = runtimeName === "node" ? process.execPath : "node";
  const child = spawn(node, ["-e", SUCCESSOR, path], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 1000 && !fs.existsSync(`${path}.ready`); i++) {
    Atomics.wait(cell, 0, 0, 10);
  }
  return child;
}

/** Closes a server, and starts a successor at a moment. */
async function succeed(
  moment: "at once" | "in the callback",
): Promise<void> {
  const path = uniquePath();
  const server = net.createServer().listen(path);
  await event(server, "listening");
  let successor: ChildProcess | undefined;
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      successor ??= startSuccessor(path);
      resolve();
    });
  });
  if (moment === "at once") successor = startSuccessor(path);
  await closed;
  for (let i = 0; i < 5; i++) await turn();
  try {
    assert.equal(await answerOf(native.connect(path)), "successor");
  } finally {
    const exit = event(successor!, "exit");
    successor!.kill("SIGKILL");
    await exit;
  }
}

test(
  "Server.close(): another process that binds its path in the callback has it",
  { skip: noFiles },
  () => succeed("in the callback"),
);

test(
  "Server.close(): another process that binds its path at once has it",
  {
    skip: noFiles ||
      runtimeName === "deno" && !isDenoBefore("2.6.7") &&
        "Deno removes what has the path, a turn later",
  },
  () => succeed("at once"),
);

test("Server.close(): a program that ends at once leaves no socket file", {
  skip: noFiles,
}, async () => {
  const path = uniquePath();
  const { stdout, stderr } = await runFixture("server/close_and_exit", {
    args: [path],
  });
  assert.deepEqual({ stdout, stderr }, { stdout: "listening\n", stderr: "" });
  assert.equal(fs.existsSync(path), false);
});

test("Server.close(): after it nobody connects to its port", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await event(server, "listening");
  const port = portOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const client = native.connect(port, "127.0.0.1");
  const [error] = await event(client, "error");
  assert.equal((error as NodeJS.ErrnoException).code, "ECONNREFUSED");
});
