/**
 * The options of `createServer()`, and their effect on accepted sockets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import * as net from "../../mod.ts";
import { connectionsOf, fateOf } from "../helpers/connects.ts";
import { event, received, turn } from "../helpers/net_helpers.ts";
import { runFixtureSync } from "../helpers/spawn.ts";
import {
  forEachTransport,
  noBinding,
  noDualStack,
  portOf,
  skipHalfClose,
  tcpTest,
} from "../helpers/transports.ts";

forEachTransport(
  "createServer({ pauseOnConnect }): nothing is read before resume(), and nothing lost",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { pauseOnConnect: true },
    });
    assert.equal(peer.isPaused(), true);
    peer.on("data", () => {});
    client.end("early");
    await event(client, "finish");
    await turn();
    await turn();
    assert.equal(peer.bytesRead, 0);
    assert.equal(peer.readableLength, 0);
    const text = received(peer);
    peer.resume();
    assert.equal(String(await text), "early");
  },
  skipHalfClose,
);

forEachTransport(
  "createServer({ pauseOnConnect: false }): the socket is read as soon as someone listens",
  async (bed) => {
    const { server, client, peer } = await bed.pair();
    assert.equal(
      (server as unknown as { pauseOnConnect: unknown }).pauseOnConnect,
      false,
    );
    assert.equal(peer.isPaused(), false);
    const text = received(peer);
    client.end("early");
    assert.equal(String(await text), "early");
  },
);

forEachTransport(
  "createServer({ allowHalfOpen }): is what its sockets have",
  async (bed) => {
    for (const allowHalfOpen of [true, false, undefined]) {
      const { server, peer } = await bed.pair({ server: { allowHalfOpen } });
      const own = server as unknown as { allowHalfOpen: unknown };
      assert.equal(own.allowHalfOpen, allowHalfOpen ?? false);
      assert.equal(peer.allowHalfOpen, allowHalfOpen ?? false);
    }
  },
);

forEachTransport(
  "createServer({ highWaterMark }): is what its sockets have, both ways",
  async (bed) => {
    const standard = new Duplex().readableHighWaterMark;
    for (
      const [option, expected] of [
        [1234, 1234],
        [0, 0],
        [-1, standard],
        [undefined, standard],
      ]
    ) {
      const { peer } = await bed.pair({ server: { highWaterMark: option } });
      assert.equal(peer.readableHighWaterMark, expected);
      assert.equal(peer.writableHighWaterMark, expected);
    }
  },
);

forEachTransport(
  "createServer({ highWaterMark }): write() returns false from that many bytes on",
  async (bed) => {
    const { peer } = await bed.pair({ server: { highWaterMark: 10 } });
    peer.cork();
    assert.equal(peer.write("123456789"), true);
    assert.equal(peer.write("0"), false);
    peer.uncork();
  },
);

forEachTransport(
  "createServer({ noDelay, keepAlive, keepAliveInitialDelay }): the connection works as without",
  async (bed) => {
    const { server, client, peer } = await bed.pair({
      server: { noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 },
    });
    const own = server as unknown as Record<string, unknown>;
    assert.deepEqual(
      [own.noDelay, own.keepAlive, own.keepAliveInitialDelay],
      [true, true, 1],
    );
    const text = received(client);
    peer.end("through");
    assert.equal(String(await text), "through");
  },
);

tcpTest(
  "createServer({ blockList }): closes who is on it, without 'connection' or 'drop'",
  async (bed) => {
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.1");
    const server = await bed.listen({ blockList });
    server.on("connection", () => assert.fail("no 'connection'"));
    server.on("drop", () => assert.fail("no 'drop'"));
    assert.deepEqual(await fateOf(bed.connect(server)), ["connect", "end"]);
    assert.equal(await connectionsOf(server), 0);
  },
);

for (const how of ["port", "bound socket"] as const) {
  tcpTest(
    `createServer({ blockList }): keeps out a peer that resets early, on a ${how}`,
    async (bed) => {
      const blockList = new net.BlockList();
      blockList.addAddress("127.0.0.1");
      const server = bed.createServer({ blockList });
      server.on("connection", () => assert.fail("no 'connection'"));
      if (how === "port") {
        server.listen(0, "127.0.0.1");
      } else {
        server.listen(new net.BoundSocket({ host: "127.0.0.1" }));
      }
      await event(server, "listening");
      // Nothing is accepted before this returns.
      const { status, stderr } = runFixtureSync("hostile/early_reset", {
        args: [String(portOf(server))],
      });
      assert.equal(stderr, "");
      assert.equal(status, 0);
      for (let i = 0; i < 10; i++) await turn();
    },
    how === "bound socket" && noBinding,
  );
}

tcpTest(
  "createServer({ blockList }): an IPv4 rule blocks a peer that shows as mapped",
  async (bed) => {
    const blockList = new net.BlockList();
    blockList.addSubnet("127.0.0.0", 8, "ipv4");
    const server = bed.createServer({ blockList });
    server.listen(0);
    await event(server, "listening");
    const blocked = bed.track(net.connect(portOf(server), "127.0.0.1"));
    assert.deepEqual(await fateOf(blocked), ["connect", "end"]);
    const accepted = event(server, "connection");
    bed.track(net.connect(portOf(server), "::1"));
    await accepted;
  },
  noDualStack,
);

forEachTransport(
  "createServer({ blockList }): lets in who is not on it",
  async (bed) => {
    const blockList = new net.BlockList();
    blockList.addAddress("192.0.2.1");
    blockList.addAddress("2001:db8::1", "ipv6");
    await bed.pair({ server: { blockList } });
  },
);

tcpTest(
  "createServer({ blockList }): a rule added later counts for those who come later",
  async (bed) => {
    const blockList = new net.BlockList();
    const { server, client, peer } = await bed.pair({ server: { blockList } });
    blockList.addRange("127.0.0.0", "127.0.0.9");
    assert.deepEqual(await fateOf(bed.connect(server)), ["connect", "end"]);
    const text = received(client);
    peer.end("stays");
    assert.equal(String(await text), "stays");
  },
);
