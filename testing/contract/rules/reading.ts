import assert from "node:assert/strict";
import { nextTick, setTimeout } from "../../../runtime/timers.ts";
import type { Suite } from "../suite.ts";
import { hash, pattern } from "../data.ts";
import { quiet, turn } from "../lab.ts";
import type { Probe } from "../sinks.ts";

/** Send bytes and a FIN; the reader need not be there yet. */
async function sendAll(probe: Probe, data: Uint8Array): Promise<void> {
  await probe.send(data);
  probe.shutdown();
}

/** Reading: only when asked for, and every byte. */
export function readingRules({ check, kinds, noHalfClose }: Suite): void {
  for (const kind of kinds) {
    check(
      `readStart(): nothing before it, nothing lost [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        await client.send("to the server");
        await server.send("to the client");
        client.shutdown();
        server.shutdown();
        await quiet();
        for (const { chunks, words } of [client, server]) {
          assert.equal(chunks.length, 0);
          assert.deepEqual(words.filter((word) => word !== "write"), [
            "shutdown",
          ]);
        }
        client.readStart();
        server.readStart();
        await client.saw("end");
        await server.saw("end");
        assert.equal(client.text, "to the client");
        assert.equal(server.text, "to the server");
      },
      noHalfClose(kind),
    );

    check(
      `onRead: the ticks and jobs of the one before come first [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind, {
          client: {
            allocate: () => new Uint8Array(4),
            read() {
              nextTick(() => client.add("tick"));
              Promise.resolve().then(() => client.add("job"));
            },
          },
        });
        client.readStart();
        await server.send(pattern(40));
        await client.got(40);
        for (const [index, word] of client.words.entries()) {
          if (word !== "read" || index === 0) continue;
          const before = client.words.slice(0, index);
          const since = before.slice(before.lastIndexOf("read") + 1);
          assert.deepEqual(since.sort(), ["job", "tick"]);
        }
      },
    );

    check(`readStart(): the FIN waits for it too [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      server.shutdown();
      await quiet();
      assert.deepEqual(client.words, []);
      client.readStart();
      await client.saw("end");
      assert.deepEqual(client.words, ["end"]);
    }, noHalfClose(kind));

    check(`readStart(): asking twice is asking once [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      const data = pattern(300_000);
      client.readStart();
      client.readStart();
      const sent = sendAll(server, data);
      await client.got(1);
      client.readStart();
      await client.saw("end");
      await sent;
      assert.equal(client.hash, hash(data));
    }, noHalfClose(kind));

    check(`readStop(): at most one more chunk [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      const data = pattern(3_000_000);
      const sent = sendAll(server, data);
      client.readStart();
      await client.got(1);
      client.readStop();
      const before = client.chunks.length;
      await quiet();
      assert.ok(client.chunks.length <= before + 1);
      assert.ok(client.size < data.length);
      const stopped = client.chunks.length;
      await quiet();
      assert.equal(client.chunks.length, stopped);
      client.readStart();
      await client.saw("end");
      await sent;
      assert.equal(client.hash, hash(data));
    }, noHalfClose(kind));

    check(`readStop(): in each onRead, and on again [${kind}]`, async (lab) => {
      const pair = await lab.pair(kind, {
        client: {
          read() {
            pair.client.readStop();
            setTimeout(() => pair.client.closing || pair.client.readStart(), 1);
          },
        },
      });
      const { client } = pair;
      const data = pattern(1_000_000);
      const sent = sendAll(pair.server, data);
      client.readStart();
      await client.saw("end");
      await sent;
      assert.equal(client.hash, hash(data));
    }, noHalfClose(kind));

    check(
      `readStop(): before any readStart, and twice [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        client.readStop();
        client.readStop();
        await server.send("text");
        client.readStart();
        client.readStop();
        client.readStop();
        await quiet();
        assert.ok(client.chunks.length <= 1);
        client.readStart();
        await client.got(4);
        assert.equal(client.text, "text");
      },
    );

    check(
      `onEnd: not while stopped in the last onRead [${kind}]`,
      async (lab) => {
        const pair = await lab.pair(kind, {
          client: { read: () => pair.client.readStop() },
        });
        const { client } = pair;
        await sendAll(pair.server, pattern(10));
        client.readStart();
        await client.got(10);
        await quiet();
        assert.equal(client.count("end"), 0);
        client.readStart();
        await client.saw("end");
      },
      noHalfClose(kind),
    );

    check(
      `onRead: the chunk belongs to the receiver [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind, {
          client: { read: (chunk) => void copies.push(chunk.slice()) },
        });
        const copies: Uint8Array[] = [];
        client.readStart();
        for (let i = 0; i < 40; i++) {
          await server.send(pattern(5000, i));
          await turn();
        }
        await client.got(200_000);
        // Neither a later read nor a write of the receiver's changes another.
        assert.equal(client.hash, hash(...copies));
        client.chunks.forEach((chunk, i) => chunk.fill(i));
        assert.ok(
          client.chunks.every((chunk, i) =>
            chunk.every((byte) => byte === i % 256)
          ),
        );
      },
    );

    check(`allocate(): reads go where it says [${kind}]`, async (lab) => {
      const memory = new Uint8Array(8192);
      const parts: Uint8Array[] = [];
      let given: Uint8Array | undefined;
      let asked = 0;
      const { client, server } = await lab.pair(kind, {
        client: {
          allocate() {
            given = memory.subarray(96, 96 + 1000 * (1 + asked++ % 5));
            return given;
          },
          read(chunk) {
            parts.push(chunk.slice());
            if (asked === 0) return; // a backend that brings its own
            assert.ok(given !== undefined, "a read without asking");
            assert.equal(chunk.buffer, memory.buffer);
            assert.equal(chunk.byteOffset, given.byteOffset);
            assert.ok(chunk.length <= given.length);
            given = undefined;
          },
        },
      });
      const data = pattern(100_000);
      const sent = sendAll(server, data);
      client.readStart();
      await client.saw("end");
      await sent;
      assert.equal(hash(...parts), hash(data));
      assert.ok(memory.subarray(0, 96).every((byte) => byte === 0));
      assert.ok(memory.subarray(96 + 5000).every((byte) => byte === 0));
    }, noHalfClose(kind));

    check(`allocate(): undefined, now and then [${kind}]`, async (lab) => {
      let asked = 0;
      const { client, server } = await lab.pair(kind, {
        client: {
          allocate: () => asked++ % 2 === 0 ? undefined : new Uint8Array(3000),
        },
      });
      const data = pattern(400_000);
      const sent = sendAll(server, data);
      client.readStart();
      await client.saw("end");
      await sent;
      assert.equal(client.hash, hash(data));
    }, noHalfClose(kind));
  }
}
