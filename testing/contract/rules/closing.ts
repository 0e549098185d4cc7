import assert from "node:assert/strict";
import process from "node:process";
import { queueMicrotask, setImmediate } from "../../../runtime/timers.ts";
import type { Suite } from "../suite.ts";
import { pattern } from "../data.ts";
import { isSystemError } from "../facts.ts";
import { quiet } from "../lab.ts";
import type { Probe } from "../sinks.ts";

/** `close()`: `onClose` alone follows, in a turn of its own. */
export function closingRules(
  { adapter, check, kinds, noHalfClose, takesAnyWrite }: Suite,
): void {
  for (const kind of kinds) {
    check(`close(): only onClose follows, once [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      client.readStart();
      await server.send(pattern(100_000));
      await client.got(1);
      const before = client.words.length;
      await client.close();
      await quiet();
      assert.deepEqual(client.words.slice(before), ["close"]);
    });

    check(`close(): twice, and reset() after it [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      void client.close();
      void client.close();
      if (kind === "tcp") void client.reset();
      await client.saw("close");
      await client.close();
      await quiet();
      assert.deepEqual(client.words, ["close"]);
      server.readStart();
      await server.saw("end");
      assert.deepEqual(server.words, ["end"]);
    });

    check(
      `close(): onClose comes in a turn of its own [${kind}]`,
      async (lab) => {
        const order: string[] = [];
        /** Jobs that queue jobs, as far as one turn goes. */
        const queueJobs = () => {
          process.nextTick(() => {
            order.push("tick");
            void Promise.resolve().then(() => {
              order.push("job");
              process.nextTick(() => {
                order.push("tick of a job");
                queueMicrotask(() => order.push("job of a tick"));
              });
            });
          });
        };
        const expected = ["tick", "job", "tick of a job", "job of a tick"];
        const closeNow = async (probe: Probe) => {
          order.length = 0;
          const closed = probe.close();
          queueJobs();
          await closed;
          assert.deepEqual(order, [...expected, "onClose"]);
        };
        const handlers = { close: () => void order.push("onClose") };

        // From a job, from a turn, from a sink method.
        await closeNow((await lab.pair(kind, { client: handlers })).client);
        const second = await lab.pair(kind, { client: handlers });
        await new Promise<void>((resolve, reject) =>
          setImmediate(() => closeNow(second.client).then(resolve, reject))
        );
        let closing: Promise<void> | undefined;
        const third = await lab.pair(kind, {
          client: {
            ...handlers,
            read: () => void (closing ??= closeNow(third.client)),
          },
        });
        third.client.readStart();
        await third.server.send("go");
        await third.client.saw("close");
        await closing;
      },
    );

    check(`close(): from onRead, with more to read [${kind}]`, async (lab) => {
      const pair = await lab.pair(kind, {
        client: { read: () => void pair.client.close() },
      });
      pair.client.readStart();
      pair.server.write(pattern(3_000_000));
      await pair.client.saw("close");
      await quiet();
      assert.deepEqual(pair.client.words, ["read", "close"]);
    });

    check(`close(): from onEnd [${kind}]`, async (lab) => {
      const pair = await lab.pair(kind, {
        client: { end: () => void pair.client.close() },
      });
      pair.client.readStart();
      pair.server.shutdown();
      await pair.client.saw("close");
      assert.deepEqual(pair.client.words, ["end", "close"]);
    }, noHalfClose(kind));

    check(`close(): a write under way does not tell [${kind}]`, async (lab) => {
      const { client } = await lab.pair(kind);
      assert.equal(client.write(pattern(24 * 1024 * 1024)), false);
      await quiet();
      await client.close();
      await quiet();
      assert.deepEqual(client.words, ["close"]);
    }, takesAnyWrite);

    check(
      `close(): right after shutdown(), no onShutdown [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        client.shutdown();
        await client.close();
        await quiet();
        assert.deepEqual(client.words, ["close"]);
        server.readStart();
        await server.saw("end");
      },
      noHalfClose(kind),
    );

    check(`close(): bytes taken before it arrive [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      await client.send("last words");
      await client.close();
      server.readStart();
      await server.saw("end");
      assert.equal(server.text, "last words");
    });

    check(`write(): EBADF at once after close() [${kind}]`, async (lab) => {
      const { client } = await lab.pair(kind);
      const refused = () => {
        for (const result of [client.write("x"), client.writev([pattern(3)])]) {
          assert.ok(result instanceof Error);
          isSystemError(result, { code: "EBADF", syscall: "write" });
        }
      };
      const closed = client.close();
      refused();
      await closed;
      refused();
      await quiet();
      assert.deepEqual(client.words, ["close"]);
    });

    check(
      `close(): other calls after it are harmless [${kind}]`,
      async (lab) => {
        const { client, server } = await lab.pair(kind);
        const callAll = () =>
          lab.call(() => {
            const { connection } = client;
            connection.ref();
            connection.unref();
            connection.readStart();
            connection.readStop();
            connection.setNoDelay(true);
            connection.setKeepAlive(true, 1);
            connection.localEndpoint();
            connection.remoteEndpoint();
            assert.equal(typeof connection.writeQueueSize, "number");
            assert.equal(typeof connection.fd, "number");
          });
        await server.send("unread");
        void client.close();
        callAll();
        await client.saw("close");
        callAll();
        await quiet();
        assert.deepEqual(client.words, ["close"]);
      },
    );

    const delays = kind === "pipe" || adapter.capabilities.keepAliveDelay;

    check(`ref(), unref(), options: at any time [${kind}]`, async (lab) => {
      const { client, server } = await lab.pair(kind);
      for (const probe of [client, server]) {
        lab.call(() => {
          probe.connection.unref();
          probe.connection.unref();
          probe.connection.ref();
          probe.connection.setNoDelay(true);
          probe.connection.setNoDelay(false);
          if (delays) probe.connection.setKeepAlive(true, 60);
          if (adapter.capabilities.keepAliveProbes) {
            const probes = { interval: 5, count: 3 };
            probe.connection.setKeepAlive(true, 60, probes);
          }
          probe.connection.setKeepAlive(true, 0);
          probe.connection.setKeepAlive(false, 0);
        });
      }
      await client.send("on");
      server.readStart();
      await server.got(2);
      assert.equal(server.text, "on");
    });

    if (kind === "tcp") {
      check(
        "setKeepAlive(): probes that cannot be set are refused",
        async (lab) => {
          const { client } = await lab.pair(kind);
          const probes = { interval: 5, count: 3 };
          assert.throws(
            () =>
              lab.call(() => client.connection.setKeepAlive(true, 60, probes)),
            { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" },
          );
        },
        adapter.capabilities.keepAliveProbes ? "they can be set" : undefined,
      );

      check(
        "setKeepAlive(): a delay that cannot be set is refused",
        async (lab) => {
          const { client } = await lab.pair(kind);
          assert.throws(
            () => lab.call(() => client.connection.setKeepAlive(true, 60)),
            { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" },
          );
        },
        adapter.capabilities.keepAliveDelay ? "it can be set" : undefined,
      );
    }
  }
}
