/**
 * A server whose process has no descriptor left: it emits nothing, and accepts
 * again when there is one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "../../mod.ts";
import process from "node:process";
import { test } from "node:test";
import { closed } from "../helpers/net_helpers.ts";
import { runtimeName } from "../helpers/runtime.ts";
import { startFixture } from "../helpers/spawn.ts";

/** Descriptors that the server may have; the runtime itself needs some. */
const LIMIT = 128;

test("Server: peers that use up the descriptors do not end it", {
  skip: process.platform === "win32" && "no limit can be set",
}, async () => {
  const child = startFixture("server/echo_until_eof", { descriptors: LIMIT });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (text: string) => stdout += text);
  child.stderr!.on("data", (text: string) => stderr += text);
  while (!stdout.includes("\n")) await once(child.stdout!, "data");
  const port = Number(stdout);

  const crowd: net.Socket[] = [];
  for (let i = 0; i < LIMIT; i++) {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {}); // Node closes the ones beyond the limit
    crowd.push(socket);
    await once(socket, "connect");
  }
  // Time for the server to find out, and to try again.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all(crowd.map((socket) => {
    const gone = socket.closed || closed(socket as never);
    socket.destroy();
    return gone;
  }));

  const late = net.connect(port, "127.0.0.1");
  late.write("still there");
  const [answer] = await once(late, "data");
  assert.equal(String(answer), "still there");
  late.destroy();

  const exit = once(child, "close");
  child.stdin!.end();
  assert.deepEqual(await exit, [0, null]);
  assert.equal(stdout, `${port}\n`);
  assert.equal(stderr, "");
});

test("Socket.resetAndDestroy(): with no descriptor left, peers see a RST", {
  skip: process.platform === "win32" && "no limit can be set",
}, async () => {
  const child = startFixture("server/reset_at_limit", { descriptors: LIMIT });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (text: string) => stdout += text);
  child.stderr!.on("data", (text: string) => stderr += text);
  while (!stdout.includes("\n")) await once(child.stdout!, "data");
  const port = Number(stdout);

  const outcomes: Promise<string>[] = [];
  const crowd: net.Socket[] = [];
  for (let i = 0; i < LIMIT; i++) {
    const socket = net.connect(port, "127.0.0.1").resume();
    crowd.push(socket);
    outcomes.push(
      new Promise((resolve) => {
        socket.on("end", () => resolve("end"));
        socket.on("error", (error: NodeJS.ErrnoException) => {
          resolve(error.code!);
        });
      }),
    );
    await once(socket, "connect");
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.stdin!.write("reset");
  // The first ones have a descriptor for sure.
  const first = await Promise.all(outcomes.slice(0, LIMIT / 4));
  const others = first.filter((outcome) => outcome !== "ECONNRESET");
  // Deno needs one descriptor more to reset the first of them.
  assert.ok(others.length <= (runtimeName === "deno" ? 1 : 0), String(others));

  for (const socket of crowd) socket.destroy();
  const exit = once(child, "close");
  child.stdin!.end();
  assert.deepEqual(await exit, [0, null]);
  assert.equal(stderr, "");
});
