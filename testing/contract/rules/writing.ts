import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { nextTick } from "../../../runtime/timers.ts";
import type { Suite } from "../suite.ts";
import { hash, pattern } from "../data.ts";
import { quiet, turn } from "../lab.ts";
import type { Probe } from "../sinks.ts";

/** More than any system takes for a peer that does not read. */
const TOO_MUCH = 24 * 1024 * 1024;

/** Write in pieces of changing size. */
async function sendPieces(probe: Probe, data: Uint8Array): Promise<void> {
  let step = 1;
  for (let at = 0; at < data.length; at += step) {
    step = step * 7 % 200_003 + 1;
    await probe.send(data.subarray(at, at + step));
  }
  probe.shutdown();
}

/** Writing: taken at once or `onWrite` once; every byte, in order. */
export function writingRules(
  { check, kinds, lostCode, noHalfClose, takesAnyWrite }: Suite,
): void {
  for (const kind of kinds) {
    check(
      `write(): small ones arrive whole and in order [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        server.readStart();
        let expected = "";
        let pending = 0;
        for (let i = 0; i < 200; i++) {
          const text = `${i};`;
          expected += text;
          if (client.write(text) === false) {
            pending++;
            await client.until(
              () => client.count("write") === pending,
              "onWrite",
            );
          }
        }
        await server.got(expected.length);
        await quiet();
        assert.equal(server.text, expected);
        // None for a write that was taken at once.
        assert.equal(client.count("write"), pending);
        assert.equal(client.connection.writeQueueSize, 0);
      },
    );

    check(
      `onWrite: not before the ticks that were queued before the write [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        server.readStart();
        for (let i = 0; i < 20; i++) {
          await turn(); // what follows is a promise job, before any tick
          const start = client.words.length;
          nextTick(() => client.add("tick"));
          const isLate = client.write("bytes") === false;
          const expected = isLate ? ["tick", "write"] : ["tick"];
          const end = start + expected.length;
          await client.until(() => client.words.length >= end, "onWrite");
          assert.deepEqual(client.words.slice(start), expected);
        }
      },
    );

    check(
      `write(): a view is only its part of the memory [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        const data = pattern(1000);
        await client.send(data.subarray(100, 250));
        await client.send(Buffer.from(data.buffer, 500, 10));
        client.shutdown();
        server.readStart();
        await server.saw("end");
        assert.equal(
          server.hash,
          hash(data.subarray(100, 250), data.subarray(500, 510)),
        );
      },
      noHalfClose(kind),
    );

    check(
      `write(): the memory is free once it is done [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        const data = pattern(60_000);
        const expected = hash(data);
        const sent = client.send(data).then(() => data.fill(0));
        server.readStart();
        await sent;
        await server.got(data.length);
        assert.equal(server.hash, expected);
      },
    );

    check(
      `write(): waits for a peer that does not read [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        const data = pattern(TOO_MUCH);
        assert.equal(client.connection.writeQueueSize, 0);
        assert.equal(client.write(data), false);
        await quiet();
        assert.deepEqual(client.words, []);
        assert.ok(client.connection.writeQueueSize > 0);
        assert.ok(client.connection.writeQueueSize <= data.length);
        server.readStart();
        await client.saw("write");
        assert.equal(client.writeError, null);
        assert.equal(client.connection.writeQueueSize, 0);
        client.shutdown();
        await server.saw("end");
        assert.equal(server.hash, hash(data));
        await client.saw("shutdown");
        assert.deepEqual(client.words, ["write", "shutdown"]);
      },
      noHalfClose(kind) || takesAnyWrite,
    );

    check(
      `write(): large transfers both ways at once [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        const there = pattern(6_000_000, 2);
        const back = pattern(5_000_000, 3);
        client.readStart();
        server.readStart();
        await Promise.all([
          sendPieces(client, there),
          sendPieces(server, back),
        ]);
        await Promise.all([client.saw("end"), server.saw("end")]);
        assert.equal(server.hash, hash(there));
        assert.equal(client.hash, hash(back));
      },
      noHalfClose(kind),
    );

    check(`write(): from onRead and onWrite [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind, {
        server: { read: (chunk) => void echo(chunk) },
      });
      // One write at a time: what comes meanwhile goes out as one.
      let waiting: Uint8Array[] = [];
      let writing = false;
      const echo = async (chunk: Uint8Array) => {
        waiting.push(chunk);
        if (writing) return;
        writing = true;
        while (waiting.length > 0) {
          const chunks = waiting;
          waiting = [];
          await server.sendv(chunks);
        }
        writing = false;
      };
      const data = pattern(2_000_000);
      server.readStart();
      client.readStart();
      await client.send(data);
      await client.got(data.length);
      assert.equal(client.hash, hash(data));
    });

    check(`writev(): one write of many chunks [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      const chunks = Array.from(
        { length: 3000 },
        (_, i) => pattern(i % 7 === 0 ? 0 : i % 97, i),
      );
      server.readStart();
      await client.sendv(chunks);
      assert.ok(client.count("write") <= 1);
      await client.sendv([pattern(5)]);
      client.shutdown();
      await server.saw("end");
      assert.equal(server.hash, hash(...chunks, pattern(5)));
    }, noHalfClose(kind));

    check(
      `writev(): waits for a peer that does not read [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        const chunks = [
          pattern(100),
          pattern(TOO_MUCH / 2, 2),
          pattern(3, 3),
          pattern(TOO_MUCH / 2, 4),
        ];
        assert.equal(client.writev(chunks), false);
        await quiet();
        assert.deepEqual(client.words, []);
        assert.ok(client.connection.writeQueueSize > 0);
        server.readStart();
        await client.saw("write");
        client.shutdown();
        await server.saw("end");
        assert.equal(server.hash, hash(...chunks));
        assert.equal(client.count("write"), 1);
      },
      noHalfClose(kind) || takesAnyWrite,
    );

    check(
      `writeAhead(): whole and in order, where there is one [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        if (!client.connection.writeAhead) return;
        const data = pattern(TOO_MUCH / 2);
        let step = 1;
        for (let at = 0, n = 0; at < data.length; at += step, n++) {
          step = step * 7 % 16_381 + 1;
          const chunk = data.subarray(at, at + step);
          const before = client.count("write");
          // Most in turns of their own, some with another before them.
          const result = n % 7 === 6
            ? client.write(chunk)
            : client.writeAhead(chunk);
          if (result === false) {
            // The peer reads only now: the system took a part of some.
            server.readStart();
            await client.until(
              () => client.count("write") > before,
              "onWrite",
            );
            server.readStop();
          } else if (n % 5 !== 0) await turn();
        }
        server.readStart();
        client.shutdown();
        await server.saw("end");
        assert.equal(server.hash, hash(data));
      },
      noHalfClose(kind) || takesAnyWrite,
    );

    check(
      `writeText(): utf8 and latin1, where there is one [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        if (!client.connection.writeText) return;
        const text = "gr\u00fc\u00df \u4e16\u754c \u{1f600} ".repeat(20_000);
        const latin1 = "\u00e9\u00ff\u0000".repeat(50_000);
        server.readStart();
        await client.sendText(text, "utf8");
        await client.sendText(latin1, "latin1");
        client.shutdown();
        await server.saw("end");
        assert.equal(
          server.hash,
          hash(Buffer.from(text), Buffer.from(latin1, "latin1")),
        );
      },
      noHalfClose(kind),
    );

    check(`onWrite: fails when the peer is gone [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      assert.equal(client.write(pattern(TOO_MUCH)), false);
      await quiet();
      await server.close();
      await client.saw("write");
      const { code, errno, syscall } = client.writeError!;
      assert.match(code, /^(EPIPE|ECONNRESET)$/);
      assert.ok(errno < 0);
      assert.equal(syscall, "write");
      await quiet();
      assert.equal(client.count("write"), 1);
    }, takesAnyWrite);

    for (const way of ["write", "writeAhead"] as const) {
      const title = way === "write"
        ? "however late the write is"
        : "of a writeAhead that counted as taken, where there is one";
      check(`onWrite: EPIPE, ${title} [${kind}]`, async (lab) => {
        const { client, server } = await lab.pair(kind);
        if (!client.connection[way]) return;
        client.readStart();
        await server.close();
        await client.saw("end");
        for (let i = 0; i < 500 && client.writeError === null; i++) {
          if (way === "write") await client.send("x");
          else await client.sendAhead(pattern(1));
          await turn();
        }
        assert.match(client.writeError!.code, /^(EPIPE|ECONNRESET)$/);
        assert.equal(client.writeError!.syscall, "write");
        // Failing once does not close, and the next one fails as well.
        await client.send("y");
        assert.match(client.writeError!.code, lostCode);
        await quiet();
        assert.equal(client.count("close"), 0);
        assert.equal(client.count("error"), 0);
      });
    }
  }
}
