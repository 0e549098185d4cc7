/**
 * `for await (const socket of server)`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { event, received } from "../helpers/net_helpers.ts";
import {
  forEachTransport,
  skipHalfClose,
  tcp4,
  tcpTest,
} from "../helpers/transports.ts";

const EVENTS = ["connection", "error", "close"];

function assertDeaf(server: net.Server, before: readonly number[]): void {
  assert.deepEqual(EVENTS.map((name) => server.listenerCount(name)), before);
}

forEachTransport(
  "Server[Symbol.asyncIterator]: gives each connection, ends with 'close'",
  async (bed) => {
    const server = await bed.listen();
    const before = EVENTS.map((name) => server.listenerCount(name));
    const clients = ["a", "b", "c"].map((text) => {
      const client = bed.connect(server);
      client.end(text);
      return received(client);
    });
    let count = 0;
    for await (const socket of server) {
      assert.ok(socket instanceof net.Socket);
      assert.equal(socket.server, server);
      socket.pipe(socket);
      if (++count === 3) server.close();
    }
    assert.equal(count, 3);
    assert.deepEqual(
      (await Promise.all(clients)).map(String).sort(),
      ["a", "b", "c"],
    );
    assertDeaf(server, before);
  },
  skipHalfClose,
);

tcpTest(
  "Server[Symbol.asyncIterator]: keeps connections until they are asked for",
  async (bed) => {
    const server = await bed.listen();
    const sockets = server[Symbol.asyncIterator]();
    assert.equal(sockets[Symbol.asyncIterator](), sockets);
    const accepted: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const connection = event(server, "connection");
      bed.connect(server);
      accepted.push(...await connection);
    }
    const first = await sockets.next();
    const second = await sockets.next();
    assert.deepEqual([first.done, second.done], [false, false]);
    assert.equal(first.value, accepted[0]);
    assert.equal(second.value, accepted[1]);
  },
);

tcpTest(
  "Server[Symbol.asyncIterator]: break stops iterating, not accepting",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end("hello"));
    const before = EVENTS.map((name) => server.listenerCount(name));
    bed.connect(server).resume();
    for await (const _socket of server) break;
    assertDeaf(server, before);
    assert.equal(server.listening, true);
    assert.equal(String(await received(bed.connect(server))), "hello");
  },
);

test("Server[Symbol.asyncIterator]: throws on 'error', and is over", async () => {
  const server = net.createServer();
  const sockets = server[Symbol.asyncIterator]();
  const failure = assert.rejects(sockets.next(), { code: "EADDRINUSE" });
  const other = net.createServer().listen(tcp4.listenOptions());
  await event(other, "listening");
  server.listen(other.address() as net.AddressInfo);
  await failure;
  assert.deepEqual(await sockets.next(), { value: undefined, done: true });
  assertDeaf(server, [0, 0, 0]);
  other.close();
});

test("Server[Symbol.asyncIterator]: return() ends it, throw() makes it fail", async () => {
  const server = net.createServer();
  const over = { value: undefined, done: true };
  const ended = server[Symbol.asyncIterator]();
  const waiting = ended.next();
  assert.deepEqual(await ended.return!(), over);
  assert.deepEqual(await waiting, over);

  const failed = server[Symbol.asyncIterator]();
  assert.equal(failed.throw!(new Error("enough")), undefined);
  await assert.rejects(failed.next(), { message: "enough" });
  assert.throws(() => failed.throw!("no error"), {
    code: "ERR_INVALID_ARG_TYPE",
  });
  assertDeaf(server, [0, 0, 0]);
});
