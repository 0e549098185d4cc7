import assert from "node:assert/strict";
import type { Suite } from "../suite.ts";
import { hash, pattern } from "../data.ts";
import { quiet } from "../lab.ts";

/** FIN: half-open both ways, and nobody closes by itself. */
export function endingRules({ check, kinds, noHalfClose }: Suite): void {
  for (const kind of kinds) {
    for (const first of ["client", "server"] as const) {
      check(
        `shutdown(): the ${first} ends first, the other goes on [${kind}]`,
        async (lab) => {
          const pair = await lab.pair(kind);
          const ender = pair[first];
          const other = first === "client" ? pair.server : pair.client;
          const data = pattern(500_000);
          ender.readStart();
          other.readStart();
          await ender.send("request");
          ender.shutdown();
          await ender.saw("shutdown");
          await other.saw("end");
          assert.equal(other.text, "request");
          await quiet();
          await other.send(data);
          await ender.got(data.length);
          assert.equal(ender.count("end"), 0);
          other.shutdown();
          await ender.saw("end");
          await other.saw("shutdown");
          await quiet();
          assert.equal(ender.hash, hash(data));
          // Both directions are over, and yet each end waits for its close().
          assert.equal(ender.count("close"), 0);
          assert.equal(other.count("close"), 0);
          await ender.close();
          await quiet();
          assert.equal(other.count("close"), 0);
          await other.close();
        },
        noHalfClose(kind),
      );
    }

    check(
      `shutdown(): without a byte, from both ends [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        client.readStart();
        server.readStart();
        client.shutdown();
        server.shutdown();
        await Promise.all([client, server].flatMap((probe) => [
          probe.saw("end"),
          probe.saw("shutdown"),
        ]));
        await quiet();
        assert.deepEqual(client.words.toSorted(), ["end", "shutdown"]);
        assert.deepEqual(server.words.toSorted(), ["end", "shutdown"]);
      },
      noHalfClose(kind),
    );

    check(`shutdown(): from onEnd [${kind}]`, async (lab) => {
      const pair = await lab.pair(kind, {
        server: { end: () => pair.server.shutdown() },
      });
      pair.client.readStart();
      pair.server.readStart();
      pair.client.shutdown();
      await pair.client.saw("end");
      await pair.server.saw("shutdown");
    }, noHalfClose(kind));

    check(`onEnd: after every byte, never before [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      const data = pattern(2_000_000);
      client.readStart();
      await server.send(data);
      server.shutdown();
      await client.saw("end");
      assert.equal(client.hash, hash(data));
      assert.equal(client.words.at(-1), "end");
    }, noHalfClose(kind));

    check(
      `onEnd: the peer's close() is no close of this end [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        await server.send("bye");
        await server.close();
        client.readStart();
        await client.saw("end");
        await quiet();
        assert.equal(client.text, "bye");
        assert.equal(client.count("close"), 0);
        await client.close();
        assert.equal(client.count("close"), 1);
      },
    );
  }
}
