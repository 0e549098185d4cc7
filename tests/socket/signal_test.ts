import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { closed, errorOf, record, turn } from "../helpers/net_helpers.ts";
import { forEachTransport, tcpTest } from "../helpers/transports.ts";

/** The error of an aborted socket. The signal's reason is its cause. */
function assertAborted(error: Error & { code?: string }, cause: unknown): void {
  assert.equal(error.name, "AbortError");
  assert.equal(error.code, "ABORT_ERR");
  // Bun before 1.4 ends the sentence.
  assert.match(error.message, /^The operation was aborted\.?$/);
  assert.equal(error.cause, cause);
}

forEachTransport(
  "signal: aborting destroys a connected socket with an AbortError",
  async (bed) => {
    const controller = new AbortController();
    const { client, peer } = await bed.pair({
      client: { signal: controller.signal },
    });
    peer.resume();
    await turn();
    const log = record(client, ["error", "end", "finish", "close"]);
    const failed = errorOf(client);
    const reason = new Error("enough");
    controller.abort(reason);
    assert.equal(client.destroyed, true);
    assertAborted(await failed, reason);
    assert.equal(await closed(client), true);
    assert.deepEqual(log, ["error", "close"]);
  },
);

forEachTransport("signal: aborting ends a connection attempt", async (bed) => {
  const server = await bed.listen();
  const controller = new AbortController();
  const client = bed.connect(server, { signal: controller.signal });
  const log = record(client, ["connect", "ready", "error", "close"]);
  const failed = errorOf(client);
  controller.abort();
  assertAborted(await failed, controller.signal.reason);
  assert.equal(await closed(client), true);
  for (let i = 0; i < 3; i++) await turn();
  assert.deepEqual(log, ["error", "close"]);
});

forEachTransport(
  "signal: one that is aborted already is an 'error' and a 'close' first of all",
  async (bed) => {
    const server = await bed.listen();
    const reason = new Error("before");
    const client = bed.connect(server, { signal: AbortSignal.abort(reason) });
    const log = record(client, ["connect", "ready", "error", "close"]);
    const failed = errorOf(client);
    assert.deepEqual(log, []);
    await closed(client);
    assertAborted(await failed, reason);
    assert.deepEqual(log.slice(0, 2), ["error", "close"]);
  },
);

forEachTransport(
  "signal: aborting after the close does nothing",
  async (bed) => {
    const controller = new AbortController();
    const { client, peer } = await bed.pair({
      client: { signal: controller.signal },
    });
    const log = record(client, ["error", "close"]);
    peer.resume();
    client.resume();
    client.end();
    assert.equal(await closed(client), false);
    controller.abort();
    for (let i = 0; i < 3; i++) await turn();
    assert.deepEqual(log, ["close"]);
  },
);

tcpTest("signal: aborting ends a name look-up", async (bed) => {
  const controller = new AbortController();
  const client = bed.track(net.connect({
    port: 1,
    host: "never.invalid",
    lookup: () => {},
    signal: controller.signal,
  }));
  await turn();
  const failed = errorOf(client);
  controller.abort();
  assertAborted(await failed, controller.signal.reason);
  assert.equal(client.connecting, false);
  assert.equal(await closed(client), true);
});

test("signal: net.Socket takes it without a connection", async () => {
  const controller = new AbortController();
  const socket = new net.Socket({ signal: controller.signal });
  const log = record(socket, ["error", "close"]);
  const failed = errorOf(socket);
  controller.abort();
  assertAborted(await failed, controller.signal.reason);
  assert.equal(socket.destroyed, true);
  await turn();
  assert.deepEqual(log, ["error", "close"]);
});

test("signal: refuses what is no AbortSignal", () => {
  for (const signal of ["text", 5, {}, true, new EventTarget()]) {
    assert.throws(
      () => new net.Socket({ signal: signal as AbortSignal }),
      { name: "TypeError", code: "ERR_INVALID_ARG_TYPE" },
    );
    assert.throws(
      () => net.connect({ port: 1, signal: signal as AbortSignal }),
      { name: "TypeError", code: "ERR_INVALID_ARG_TYPE" },
    );
  }
});
