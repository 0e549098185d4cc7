/**
 * The package over a backend that a program brings itself: nothing of the
 * shared layer needs a socket.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import * as net from "../../mod.ts";
import { createMemoryAdapter } from "../../testing/memory/adapter.ts";
import {
  type Bed,
  closed,
  errorOf,
  event,
  type Pair,
  received,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { forEachTransport, portOf, tcpTest } from "../helpers/transports.ts";

/** A connected pair over a network in memory. */
function memoryPair(
  bed: Bed,
  server: net.ServerOpts = {},
  client: object = {},
): Promise<Pair> {
  const adapter = createMemoryAdapter();
  return bed.pair({
    server: { ...server, adapter },
    client: { ...client, adapter },
  });
}

forEachTransport("adapter: an echo over memory", async (bed) => {
  const { client, peer } = await memoryPair(bed);
  peer.pipe(peer);
  client.end("to memory and back");
  assert.equal(String(await received(client)), "to memory and back");
  await Promise.all([closed(client), closed(peer)]);
});

forEachTransport("adapter: both sockets know their addresses", async (bed) => {
  const { client, peer, server } = await memoryPair(bed);
  assert.equal(client.remoteAddress, peer.localAddress);
  assert.equal(client.remotePort, peer.localPort);
  assert.equal(client.localPort, peer.remotePort);
  if (bed.transport.ipc) assert.equal(client.remoteAddress, undefined);
  else assert.equal(client.remotePort, portOf(server));
});

forEachTransport("adapter: two networks do not meet", async (bed) => {
  const server = await bed.listen({ adapter: createMemoryAdapter() });
  const client = bed.connect(server, { adapter: createMemoryAdapter() });
  const { code, syscall } = await errorOf(client);
  assert.equal(code, bed.transport.ipc ? "ENOENT" : "ECONNREFUSED");
  assert.equal(syscall, "connect");
  assert.equal(await closed(client), true);
});

forEachTransport("adapter: an address in use over memory", async (bed) => {
  const adapter = createMemoryAdapter();
  const first = await bed.listen({ adapter });
  const second = bed.createServer({ adapter });
  second.listen(bed.transport.connectOptions(first));
  const { code, syscall } = await errorOf(second);
  assert.equal(code, "EADDRINUSE");
  assert.equal(syscall, "listen");
});

forEachTransport("adapter: half-open over memory", async (bed) => {
  const { client, peer } = await memoryPair(
    bed,
    { allowHalfOpen: true },
    { allowHalfOpen: true },
  );
  const log = record(peer, ["end", "finish", "close"]);
  client.end("request");
  assert.equal(String(await received(peer)), "request");
  assert.equal(peer.readyState, "writeOnly");
  await turn();
  peer.write("first half, ");
  await turn();
  peer.end("second half");
  assert.equal(String(await received(client)), "first half, second half");
  assert.equal(await closed(peer), false);
  assert.deepEqual(log, ["end", "finish", "close"]);
});

forEachTransport("adapter: the peer's end ends this side too", async (bed) => {
  const { client, peer } = await memoryPair(bed);
  client.resume();
  peer.resume();
  peer.end();
  assert.deepEqual(await Promise.all([closed(client), closed(peer)]), [
    false,
    false,
  ]);
});

forEachTransport("adapter: 'drop' over memory", async (bed) => {
  const adapter = createMemoryAdapter();
  const server = await bed.listen({ adapter });
  server.maxConnections = 1;
  const accepted = event(server, "connection");
  bed.connect(server, { adapter });
  await accepted;
  const dropped = event(server, "drop");
  const late = bed.connect(server, { adapter });
  late.resume();
  await event(late, "connect");
  const { localPort } = late;
  const [fields] = await dropped as [net.DropArgument | undefined];
  await closed(late);
  if (bed.transport.ipc) assert.equal(fields, undefined);
  else {
    assert.equal(fields?.localPort, portOf(server));
    assert.equal(fields?.remotePort, localPort);
  }
});

tcpTest("adapter: a reset over memory", async (bed) => {
  const { client, peer } = await memoryPair(bed);
  client.resume();
  const failed = errorOf(client);
  peer.resetAndDestroy();
  const { code, syscall } = await failed;
  assert.equal(code, "ECONNRESET");
  assert.equal(syscall, "read");
  assert.equal(await closed(client), true);
});

forEachTransport("adapter: backpressure over memory", async (bed) => {
  const { client, peer } = await memoryPair(bed);
  const sent = createHash("sha256");
  const came = createHash("sha256");
  const log = record(client, ["drain"]);
  let refused = 0;
  const reading = (async () => {
    for await (const chunk of peer) {
      came.update(chunk as Uint8Array);
      await turn();
    }
  })();
  for (let i = 0; i < 100; i++) {
    const chunk = new Uint8Array(50_000).fill(i);
    sent.update(chunk);
    if (client.write(chunk)) continue;
    refused++;
    await event(client, "drain");
  }
  client.end();
  client.resume();
  await reading;
  assert.ok(refused > 0);
  assert.equal(log.length, refused);
  assert.equal(came.digest("hex"), sent.digest("hex"));
});

forEachTransport("adapter: pipeline() over memory", async (bed) => {
  const { client, peer } = await memoryPair(bed);
  const echo = pipeline(peer, peer);
  const text = "line\n".repeat(40_000);
  client.end(text);
  assert.equal(String(await received(client)), text);
  await echo;
});

forEachTransport(
  "adapter: destroy() while connecting over memory",
  async (bed) => {
    const adapter = createMemoryAdapter();
    const server = await bed.listen({ adapter });
    const log = record(server, ["connection"]);
    const client = bed.connect(server, { adapter });
    const theirs = record(client, ["connect", "error", "close"]);
    client.destroy();
    assert.equal(await closed(client), false);
    await turn();
    assert.deepEqual(log, []);
    assert.deepEqual(theirs, ["close"]);
  },
);

forEachTransport(
  "adapter: close() waits for connections over memory",
  async (bed) => {
    const { client, peer, server } = await memoryPair(bed);
    const log = record(server, ["close"]);
    const down = event(server, "close");
    server.close();
    await turn();
    assert.deepEqual(log, []);
    peer.resume();
    client.end();
    await down;
  },
);
