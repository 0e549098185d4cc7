/**
 * The end of a path where the runtime's `node:net` does not pass it on, as
 * Deno's does not on Windows: reading ends when the peer is silent.
 *
 * @module
 */
import assert from "node:assert/strict";
import native from "node:net";
import process from "node:process";
import type { ConnectionSink } from "../../runtime/adapter.ts";
import { bunDialect, denoDialect } from "../../runtime/net_dialects.ts";
import { NodeConnection } from "../../runtime/node/connection.ts";
import { nodeDialect } from "../../runtime/node/dialect.ts";
import { Log } from "../../testing/contract/sinks.ts";
import { event } from "../helpers/net_helpers.ts";
import { isBunBefore, isDenoBefore, runtimeName } from "../helpers/runtime.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { unless } from "../helpers/unless.ts";

const dialects = { deno: denoDialect, bun: bunDialect, node: nodeDialect };
/** Long enough for a busy machine to hear of the peer meanwhile. */
const PIPE_END_MS = 600;
const dialect = { ...dialects[runtimeName], pipeEnd: PIPE_END_MS };

interface Bed {
  readonly log: Log;
  readonly connection: NodeConnection;
  /** The runtime's own socket. */
  readonly peer: native.Socket;
}

const { test } = unless(
  process.platform === "win32" && runtimeName !== "deno" &&
      "the runtime's own named pipe ends by itself" ||
    (isBunBefore("1.4.0") || isDenoBefore("2.8.0")) &&
      "an old net that closes a path in both directions when one ends",
);

/** A connection that has sent its end, and a peer that does not answer it. */
async function withEnd(body: (bed: Bed) => Promise<void>): Promise<void> {
  const path = uniquePath();
  const server = native.createServer({ allowHalfOpen: true }).listen(path);
  await event(server, "listening");
  const accepted = event(server, "connection");
  const socket = native.connect({ path, allowHalfOpen: true });
  // Later, the socket would read by itself.
  const connected = event(socket, "connect");
  let connection!: NodeConnection;
  socket.once("connect", () => {
    connection = new NodeConnection(socket, "pipe", dialect);
  });
  await connected;
  const [peer] = await accepted as [native.Socket];
  peer.on("error", () => {});
  const log = new Log();
  const sink: ConnectionSink = {
    onRead: (chunk) => log.add(`read ${Buffer.from(chunk)}`),
    onEnd: () => log.add("end"),
    onError: (error) => log.add(`error ${error}`),
    onWrite: () => {},
    onShutdown: (error) => log.add(`shutdown ${error}`),
    onClose: () => log.add("close"),
  };
  connection.attach(sink);
  try {
    connection.shutdown();
    await log.saw("shutdown null");
    await body({ log, connection, peer });
  } finally {
    connection.close();
    peer.destroy();
    server.close();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

test("NodeConnection.shutdown(): of a path whose peer does not see it, ends reading", async () => {
  await withEnd(async ({ log, connection }) => {
    connection.readStart();
    await log.saw("end");
    // The shared layer is who closes.
    await pause(100);
    assert.deepEqual(log.words, ["shutdown null", "end"]);
  });
});

test("NodeConnection.shutdown(): of a path whose peer does not see it, reads while something comes", async () => {
  await withEnd(async ({ log, connection, peer }) => {
    connection.readStart();
    for (let i = 0; i < 4; i++) {
      peer.write(String(i));
      await log.saw(`read ${i}`);
      await pause(PIPE_END_MS / 3);
    }
    await log.saw("end");
    assert.equal(log.words.length, 6);
  });
});

test("NodeConnection.shutdown(): of a path whose peer does not see it, leaves what is not read", async () => {
  await withEnd(async ({ log, connection, peer }) => {
    await pause(PIPE_END_MS * 1.5);
    peer.write("late");
    await pause(20);
    assert.equal(log.count("end"), 0);
    connection.readStart();
    await log.saw("end");
    assert.deepEqual(log.words, ["shutdown null", "read late", "end"]);
  });
});
