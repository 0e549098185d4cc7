/**
 * Peers that send without end to a socket that does not read: its memory stays
 * bounded, they are blocked, and no byte is lost when it reads.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import process from "node:process";
import type * as net from "../../mod.ts";
import { type Bed, turn } from "../helpers/net_helpers.ts";
import {
  isBunBefore,
  ownPipesDoNotEnd,
  readsOnWhenPaused,
  takesAnyPathWrite,
} from "../helpers/runtime.ts";
import { startFixture } from "../helpers/spawn.ts";
import { tcp4, tcpTest, testOver, unix } from "../helpers/transports.ts";
import { isLong } from "./random.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const CONNECTIONS = isLong ? 120 : process.env.CI ? 12 : 6;
/** More than what can be on its way to one socket. */
const LIMIT = 64 * MiB;
/** The most that the system keeps for one connection, and room to spare. */
const SYSTEM_LIMIT = 24 * MiB;
/** Bun before 1.4 reads on for as long as it fills its buffer. */
const READS = isBunBefore("1.4.0") ? 4 : 1;
/** What a socket may keep: what the stream keeps, and some reads of Bun. */
const SOCKET_LIMIT = 64 * KiB + READS * 512 * KiB;

/** How a server does not read; each peer meets another way. */
const WAYS: readonly ((peer: net.Socket) => void)[] = [
  () => {},
  (peer) => void peer.once("data", () => peer.pause()),
  (peer) => void peer.on("readable", () => {}),
];

interface Flood {
  options?: net.ServerOpts;
  /** Bytes of a write. */
  size: number;
  /** What a peer sends if nothing blocks it. */
  limit: number;
}

async function flood(
  bed: Bed,
  { options = {}, size, limit }: Flood,
): Promise<void> {
  const peers: net.Socket[] = [];
  const server = await bed.listen(options, (peer) => {
    if (!options.pauseOnConnect) WAYS[peers.length % WAYS.length]!(peer);
    peers.push(peer);
  });
  const before = process.memoryUsage().rss;
  const child = startFixture("hostile/flood", {
    args: [
      JSON.stringify(bed.transport.connectOptions(server)),
      ...[CONNECTIONS, size, limit].map(String),
    ],
  });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (text: string) => stdout += text);
  child.stderr!.on("data", (text: string) => stderr += text);
  try {
    while (!stdout.includes("\n")) await once(child.stdout!, "data");
    assert.ok(Number(stdout) <= SYSTEM_LIMIT, `the system took ${stdout}`);
    assert.equal(peers.length, CONNECTIONS);
    for (const peer of peers) {
      assert.ok(peer.readableLength <= SOCKET_LIMIT, `${peer.readableLength}`);
      assert.ok(peer.bytesRead <= SOCKET_LIMIT, `${peer.bytesRead} read`);
    }
    const grown = process.memoryUsage().rss - before;
    const most = 64 * MiB + CONNECTIONS * SOCKET_LIMIT;
    assert.ok(grown <= most, `grown by ${grown / MiB} MiB`);

    // Now it reads all of it.
    for (const peer of peers) {
      peer.removeAllListeners("readable");
      peer.resume();
    }
    const exit = once(child, "close");
    child.stdin!.end();
    await exit;
    const total = Number(stdout.split("\n")[1]);
    const received = () =>
      peers.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    for (let i = 0; i < 1000 && received() < total; i++) await turn();
    assert.equal(received(), total);
    assert.equal(stderr, "");
  } finally {
    child.kill("SIGKILL");
  }
}

for (const transport of [tcp4, unix]) {
  testOver(
    transport,
    "a flood of sockets that do not read is bounded",
    (bed) => flood(bed, { size: 64 * KiB, limit: LIMIT }),
    transport.ipc ? takesAnyPathWrite || ownPipesDoNotEnd : readsOnWhenPaused,
  );
}

tcpTest(
  "a flood of sockets that were paused when they were accepted is bounded",
  (bed) =>
    flood(bed, {
      options: { pauseOnConnect: true },
      size: 64 * KiB,
      limit: LIMIT,
    }),
  readsOnWhenPaused,
);

tcpTest(
  "a flood of single bytes is bounded",
  (bed) => flood(bed, { size: 1, limit: 20_000 }),
);
