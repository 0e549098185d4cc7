import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import process from "node:process";
import { event } from "../helpers/net_helpers.ts";
import { isDenoBefore, takesAnyPathWrite } from "../helpers/runtime.ts";
import { forEachTransport } from "../helpers/transports.ts";

const MiB = 1 << 20;

/** `ISONET_TRANSFER_MIB=1024` moves a whole GiB. */
const TOTAL = Number(process.env.ISONET_TRANSFER_MIB ?? 256) * MiB;

/**
 * How much more memory may be in use than at the start: buffers, and garbage
 * that is not collected yet. On Deno 2.8, a handle reads, which takes new memory
 * for each read.
 */
const GROWTH = (isDenoBefore("2.9.0") ? 192 : 128) * MiB;

const CHUNK = 256 * 1024;

/**
 * Bytes that differ in every chunk, so that a lost or repeated chunk is
 * noticed.
 */
function* chunks(): Generator<Buffer> {
  const pattern = Buffer.alloc(CHUNK + 256);
  for (let i = 0; i < pattern.length; i++) {
    pattern[i] = (i * 31 + (i >> 8)) & 255;
  }
  for (let sent = 0, n = 0; sent < TOTAL; sent += CHUNK, n++) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    pattern.copy(chunk, 0, n & 255, (n & 255) + CHUNK);
    chunk.writeUInt32LE(n, 0);
    yield chunk;
  }
}

forEachTransport(
  "Socket.write(): a large transfer to a slow reader in bounded memory",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const start = process.memoryUsage().rss;
    let highest = start;
    let waits = 0;
    let longest = 0;
    let widest = 0;

    const sent = createHash("sha1");
    const got = createHash("sha1");
    let size = 0;
    let reads = 0;
    peer.on("data", (chunk: Buffer) => {
      got.update(chunk);
      size += chunk.length;
      widest = Math.max(widest, peer.readableLength);
      // A slow reader: every read waits for the next turn, and some wait
      // longer.
      peer.pause();
      if (++reads % 256 === 0) {
        highest = Math.max(highest, process.memoryUsage().rss);
        setTimeout(() => peer.resume(), 5);
      } else setImmediate(() => peer.resume());
    });
    const end = event(peer, "end");

    for (const chunk of chunks()) {
      sent.update(chunk);
      const more = client.write(chunk);
      longest = Math.max(longest, client.writableLength);
      if (!more) {
        waits++;
        await event(client, "drain");
      }
    }
    client.end();
    await end;

    assert.equal(size, TOTAL);
    assert.equal(got.digest("hex"), sent.digest("hex"));
    assert.equal(peer.bytesRead, TOTAL);
    assert.equal(client.bytesWritten, TOTAL);
    assert.ok(waits > 0, "the writer never had to wait");
    assert.ok(longest <= client.writableHighWaterMark + CHUNK);
    assert.ok(widest <= MiB, `${widest} bytes waited to be read`);
    const growth = highest - start;
    assert.ok(
      growth < GROWTH,
      `memory grew by ${Math.round(growth / MiB)} MiB`,
    );
  },
  ({ ipc }) => ipc && takesAnyPathWrite,
);
