import assert from "node:assert/strict";
import type { Suite } from "../suite.ts";
import { pattern } from "../data.ts";
import { isSystemError } from "../facts.ts";
import { quiet } from "../lab.ts";

/** `reset()`: the peer sees a RST; or it is refused, and nothing happens. */
export function resetRules(
  { adapter, check, lostCode, takesAnyWrite }: Suite,
): void {
  check(
    "reset(): where there is none, is refused, and nothing is lost",
    async (lab) => {
      const { client, server } = await lab.pair("tcp");
      assert.throws(() => lab.call(() => client.connection.reset()), {
        code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
      });
      client.readStart();
      await server.send("still there");
      await client.got(11);
      await quiet();
      assert.deepEqual(client.words, ["read"]);
    },
    adapter.capabilities.reset && "there is one",
  );

  const checkReset: typeof check = (rule, run, skip) =>
    check(rule, run, !adapter.capabilities.reset && "there is none" || skip);

  checkReset(
    "reset(): the peer sees ECONNRESET, and does not close",
    async (lab) => {
      const { client, server } = await lab.pair("tcp");
      client.readStart();
      await server.reset();
      await client.saw("error");
      isSystemError(client.error!, {
        code: "ECONNRESET",
        syscall: "read",
        message: "read ECONNRESET",
      });
      await quiet();
      assert.deepEqual(client.words, ["error"]);
      assert.deepEqual(server.words, ["close"]);
    },
  );

  checkReset("reset(): by the client, after bytes both ways", async (lab) => {
    const { client, server } = await lab.pair("tcp");
    client.readStart();
    server.readStart();
    await client.send("ping");
    await server.got(4);
    await server.send("pong");
    await client.got(4);
    await client.reset();
    await server.saw("error");
    assert.equal(server.error!.code, "ECONNRESET");
    await quiet();
    assert.deepEqual(server.words.filter((word) => word !== "write"), [
      "read",
      "error",
    ]);
  });

  checkReset(
    "reset(): a write under way never arrives, nor tells",
    async (lab) => {
      const { client, server } = await lab.pair("tcp");
      const data = pattern(24 * 1024 * 1024);
      assert.equal(client.write(data), false);
      await client.reset();
      server.readStart();
      // Where unread bytes come before the RST, libuv before Node 24 tells an
      // end after them.
      await server.until(
        () => server.words.includes("error") || server.words.includes("end"),
        "the end of a reset connection",
      );
      assert.ok(server.size < data.length);
      assert.deepEqual(client.words, ["close"]);
    },
    takesAnyWrite,
  );

  checkReset(
    "reset(): after the peer's FIN, and after an own one",
    async (lab) => {
      for (const who of ["client", "server"] as const) {
        const pair = await lab.pair("tcp");
        pair.client.readStart();
        pair.server.readStart();
        pair.client.shutdown();
        await pair.server.saw("end");
        await pair[who].reset();
        assert.equal(pair[who].count("close"), 1);
      }
    },
  );

  checkReset("onError: waits for readStart(), too", async (lab) => {
    const { client, server } = await lab.pair("tcp");
    await server.reset();
    await quiet();
    assert.deepEqual(client.words, []);
    client.readStart();
    await client.saw("error");
    assert.equal(client.error!.code, "ECONNRESET");
    assert.deepEqual(client.words, ["error"]);
  });

  checkReset(
    "onError: a write afterwards fails, a shutdown answers",
    async (lab) => {
      const { client, server } = await lab.pair("tcp");
      client.readStart();
      await server.reset();
      await client.saw("error");
      await client.send("x");
      assert.ok(client.writeError);
      const { code } = client.writeError;
      assert.match(code, lostCode);
      isSystemError(client.writeError, { code, syscall: "write" });
      client.shutdown();
      await client.until(
        () => client.words.some((word) => word.startsWith("shutdown")),
        "onShutdown",
      );
      await quiet();
      assert.equal(client.count("close"), 0);
    },
  );
}
