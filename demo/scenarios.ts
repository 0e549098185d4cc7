/**
 * What the client of the demo does with each of the {@linkcode services}.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as net from "../mod.ts";
import { blocks, hashOfBlocks, TRANSFER } from "./data.ts";

/** Where a service listens. */
export type Target = { port: number; host: string } | { path: string };

/** One exchange with a service; rejects if anything is not as expected. */
export type Scenario = (target: Target) => Promise<void>;

async function echo(target: Target): Promise<void> {
  const socket = net.createConnection(target, () => socket.write("world!\r\n"));
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (text.endsWith("world!\r\n")) socket.end();
  });
  await once(socket, "end");
  assert.equal(text, "hello\r\nworld!\r\n");
  const [hadError] = await once(socket, "close");
  assert.equal(hadError, false);
}

async function halfClose(target: Target): Promise<void> {
  const socket = net.connect(target);
  socket.end("everything I have to say");
  await once(socket, "finish");
  assert.equal(socket.readyState, "readOnly");
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  assert.equal(answer, "writeOnly everything I have to say");
}

async function transfer(target: Target): Promise<void> {
  const socket = net.connect(target);
  const hash = createHash("sha256");
  let bytes = 0;
  let digest = "";
  socket.on("data", (chunk: Uint8Array) => {
    const rest = Math.min(TRANSFER - bytes, chunk.length);
    hash.update(chunk.subarray(0, rest));
    bytes += rest;
    digest += Buffer.from(chunk.subarray(rest)).toString("hex");
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await pipeline(
    Readable.from(blocks(2, TRANSFER), { objectMode: false }),
    socket,
  );
  await closed;
  assert.equal(bytes, TRANSFER, "bytes received");
  assert.equal(hash.digest("hex"), hashOfBlocks(1, TRANSFER), "download");
  assert.equal(digest, hashOfBlocks(2, TRANSFER), "upload");
  assert.equal(socket.bytesWritten, TRANSFER);
  assert.equal(socket.bytesRead, TRANSFER + 32);
}

async function reset(target: Target): Promise<void> {
  const victim = net.connect(target);
  victim.write("reset me");
  const closed = new Promise((resolve) => victim.once("close", resolve));
  const [error] = await once(victim, "error");
  assert.equal(error.code, "ECONNRESET");
  assert.equal(error.syscall, "read");
  assert.equal(await closed, true);

  const attacker = net.connect(target);
  attacker.write("I reset");
  await once(attacker, "data");
  attacker.resetAndDestroy();
  await once(attacker, "close");

  const reporter = net.connect(target);
  reporter.write("report");
  let code = "";
  for await (const chunk of reporter) code += chunk;
  assert.equal(code, "ECONNRESET");
}

async function drop(target: Target): Promise<void> {
  const first = net.connect(target);
  first.setEncoding("utf8");
  const [welcome] = await once(first, "data");
  assert.equal(welcome, "welcome\n");

  const told = once(first, "data");
  const second = net.connect(target);
  second.resume();
  const closed = once(second, "close");
  await once(second, "connect");
  const { localPort } = second;
  const [line] = await told;
  await closed;

  const { data } = JSON.parse(line);
  if ("path" in target) {
    assert.equal(data, null);
  } else {
    assert.deepEqual(data, {
      localAddress: target.host,
      localPort: target.port,
      localFamily: "IPv4",
      remoteAddress: target.host,
      remotePort: localPort,
      remoteFamily: "IPv4",
    });
  }
  first.end();
  await once(first, "close");
}

/** By the name of the service. */
export const scenarios: Record<string, Scenario> = {
  echo,
  halfClose,
  transfer,
  reset,
  drop,
};
