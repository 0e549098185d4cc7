import assert from "node:assert/strict";
import * as net from "../../mod.ts";
import {
  type Bed,
  closed,
  event,
  received,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { losesEarlyPeers, mayTakeAnyWrite } from "../helpers/runtime.ts";
import {
  forEachTransport,
  skipHalfClose,
  testOver,
  transports,
} from "../helpers/transports.ts";

/** For what needs a transport that ends one direction alone. */
function eachHalfClosing(
  name: string,
  fn: (bed: Bed) => void | Promise<void>,
): void {
  forEachTransport(name, fn, skipHalfClose);
}

const ENDS = ["end", "finish", "close"];

forEachTransport(
  "Socket: without allowHalfOpen the peer's FIN ends both sides",
  async (bed) => {
    const { client, peer } = await bed.pair();
    assert.equal(client.allowHalfOpen, false);
    assert.equal(peer.allowHalfOpen, false);
    const ours = record(client, ENDS);
    const theirs = record(peer, ENDS);
    client.resume();
    peer.resume();
    peer.end();
    assert.deepEqual(await Promise.all([closed(client), closed(peer)]), [
      false,
      false,
    ]);
    assert.deepEqual(ours, ["end", "finish", "close"]);
    assert.deepEqual(theirs, ["finish", "end", "close"]);
    assert.equal(client.writableEnded, true);
    assert.equal(client.writableFinished, true);
  },
);

eachHalfClosing(
  "Socket: without allowHalfOpen a client that ended first still gets the answer",
  async (bed) => {
    const server = await bed.listen({ allowHalfOpen: true }, (peer) => {
      const chunks: string[] = [];
      peer.setEncoding("utf8");
      peer.on("data", (chunk: string) => chunks.push(chunk));
      peer.on("end", () => {
        peer.write(chunks.join("").toUpperCase());
        setImmediate(() => peer.end("!"));
      });
    });
    const client = bed.connect(server);
    const log = record(client, ENDS);
    client.end("question");
    assert.equal(String(await received(client)), "QUESTION!");
    assert.equal(await closed(client), false);
    assert.deepEqual(log, ["finish", "end", "close"]);
  },
);

for (const transport of transports) {
  testOver(
    transport,
    "Socket: what a peer writes that closes before 'connect' arrives",
    async (bed) => {
      const server = await bed.listen();
      const clients: net.Socket[] = [];
      const peers: net.Socket[] = [];
      for (let i = 0; i < 3; i++) {
        const accepted = event(server, "connection");
        clients.push(bed.connect(server));
        peers.push((await accepted)[0] as net.Socket);
      }
      const answers = Promise.all(clients.map(received));
      for (const peer of peers) {
        peer.write("bye");
        peer.destroy();
        await closed(peer);
      }
      assert.deepEqual((await answers).map(String), ["bye", "bye", "bye"]);
    },
    transport.ipc && losesEarlyPeers,
  );
}

eachHalfClosing(
  "Socket: with allowHalfOpen on the client it writes on after the peer's FIN",
  async (bed) => {
    const { client, peer } = await bed.pair({
      client: { allowHalfOpen: true },
    });
    assert.equal(client.allowHalfOpen, true);
    assert.equal(peer.allowHalfOpen, false);
    const log = record(client, ENDS);
    const got = received(peer);
    client.resume();
    peer.end("bye");
    await event(client, "end");
    await turn();
    assert.equal(client.destroyed, false);
    assert.equal(client.writable, true);
    assert.equal(client.readyState, "writeOnly");
    client.write("one ");
    await turn();
    client.end("two");
    assert.equal(String(await got), "one two");
    assert.equal(await closed(client), false);
    assert.deepEqual(log, ["end", "finish", "close"]);
  },
);

eachHalfClosing(
  "Server: allowHalfOpen is given to the sockets it accepts",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    assert.equal(peer.allowHalfOpen, true);
    assert.equal(client.allowHalfOpen, false);
    const log = record(peer, ENDS);
    peer.resume();
    client.end();
    await event(peer, "end");
    await turn();
    assert.equal(peer.writable, true);
    assert.equal(peer.destroyed, false);
    peer.end("late");
    assert.equal(String(await received(client)), "late");
    await Promise.all([closed(client), closed(peer)]);
    assert.deepEqual(log, ["end", "finish", "close"]);
  },
);

eachHalfClosing(
  "Socket: with allowHalfOpen on both ends each direction ends by itself",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
      client: { allowHalfOpen: true },
    });
    const log: string[] = [];
    record(client, ENDS, log, "client ");
    record(peer, ENDS, log, "peer ");
    client.resume();
    peer.resume();
    client.end();
    await event(peer, "end");
    await turn();
    assert.deepEqual([...log].sort(), ["client finish", "peer end"]);
    assert.equal(client.readyState, "readOnly");
    assert.equal(peer.readyState, "writeOnly");
    peer.end();
    await Promise.all([closed(client), closed(peer)]);
    assert.deepEqual(log.filter((line) => line.startsWith("client")), [
      "client finish",
      "client end",
      "client close",
    ]);
    assert.deepEqual(log.filter((line) => line.startsWith("peer")), [
      "peer end",
      "peer finish",
      "peer close",
    ]);
  },
);

eachHalfClosing(
  "Socket: a half-open socket that nobody ends stays open",
  async (bed) => {
    const { client, peer } = await bed.pair({
      client: { allowHalfOpen: true },
    });
    client.resume();
    peer.end();
    await event(client, "end");
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(client.destroyed, false);
    assert.equal(peer.destroyed, false);
    assert.equal(peer.readyState, "readOnly");
  },
);

eachHalfClosing(
  "Socket: allowHalfOpen can be set after the connection is made",
  async (bed) => {
    const { client, peer } = await bed.pair();
    client.allowHalfOpen = true;
    client.resume();
    peer.end();
    await event(client, "end");
    await turn();
    assert.equal(client.writable, true);
    client.end("after all");
    assert.equal(String(await received(peer)), "after all");
  },
);

forEachTransport(
  "Socket: unread data keeps 'end' and 'close' back",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const log = record(client, ["data", ...ENDS]);
    client.pause();
    peer.resume();
    peer.end("unread");
    await event(peer, "finish");
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(log, []);
    assert.equal(client.destroyed, false);
    client.resume();
    await closed(client);
    assert.deepEqual(log, ["data", "end", "finish", "close"]);
  },
);

eachHalfClosing(
  "Socket: what nobody has read yet when both ends have ended is not lost",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    const sent = Buffer.alloc(100_000, "some text ");
    client.pause();
    client.end();
    peer.resume();
    await event(peer, "end");
    peer.end(sent);
    await event(peer, "finish");
    for (let i = 0; i < 5; i++) await turn();
    const got = received(client);
    client.resume();
    assert.ok(sent.equals(await got));
  },
);

forEachTransport(
  "Socket.end(): sends the data, then FIN, and returns the socket",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const order: string[] = [];
    client.on("finish", () => order.push("finish"));
    client.write("a");
    assert.equal(
      client.end("6263", "hex", () => order.push("callback")),
      client,
    );
    assert.equal(client.writableEnded, true);
    assert.equal(client.writable, false);
    assert.equal(String(await got), "abc");
    client.resume();
    await closed(client);
    assert.deepEqual(order, ["callback", "finish"]);
  },
);

forEachTransport(
  "Socket.end(): takes (callback), (data, callback) and a Uint8Array",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.resume());
    const forms: ((socket: net.Socket, done: () => void) => void)[] = [
      (socket, done) => socket.end(done),
      (socket, done) => socket.end("data", done),
      (socket, done) => socket.end(new Uint8Array([1, 2, 3]), done),
      (socket, done) => socket.end("data", "latin1", done),
    ];
    for (const form of forms) {
      const client = bed.connect(server);
      await event(client, "connect");
      await new Promise<void>((resolve) => form(client, resolve));
      assert.equal(client.writableFinished, true);
      client.resume();
      await closed(client);
    }
  },
);

forEachTransport(
  "Socket.end(): before the connection is made sends everything once it is",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server);
    const log = record(client, ["connect", ...ENDS]);
    client.write("early ");
    client.end("bird");
    assert.equal(client.connecting, true);
    assert.equal(client.writable, false);
    const [peer] = await accepted as [net.Socket];
    assert.equal(String(await received(peer)), "early bird");
    client.resume();
    await closed(client);
    assert.deepEqual(log, ["connect", "finish", "end", "close"]);
  },
);

forEachTransport(
  "Socket.end(): a second end() with a callback says ERR_STREAM_ALREADY_FINISHED",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    peer.resume();
    await new Promise<void>((resolve) => client.end(resolve));
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>(
      (resolve) => {
        client.end((err?: Error | null) => resolve(err));
      },
    );
    assert.equal(error?.code, "ERR_STREAM_ALREADY_FINISHED");
    assert.equal(client.destroyed, false);
  },
  skipHalfClose,
);

forEachTransport(
  "Socket.end(): all that was written arrives before the FIN, even if it had to wait",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const chunk = Buffer.alloc(1 << 20, "x");
    const count = 16;
    for (let i = 0; i < count; i++) client.write(chunk);
    client.end("last");
    assert.notEqual(client.writableLength, 0);
    await turn();
    const got = await received(peer);
    assert.equal(got.length, count * chunk.length + 4);
    assert.equal(got.subarray(-4).toString(), "last");
  },
  ({ ipc }) => ipc && mayTakeAnyWrite,
);

forEachTransport(
  "Socket.destroySoon(): writes what is waiting, then closes",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const log = record(client, ENDS);
    const size = 4 << 20;
    client.write(Buffer.alloc(size));
    client.destroySoon();
    assert.equal(client.writable, false);
    assert.equal(client.destroyed, false);
    assert.equal(await closed(client), false);
    assert.deepEqual(log, ["finish", "close"]);
    assert.equal((await got).length, size);
  },
);

forEachTransport(
  "Socket.destroySoon(): closes at once when the writable side has finished",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    peer.resume();
    client.end();
    await event(client, "finish");
    assert.equal(client.destroyed, false);
    client.destroySoon();
    assert.equal(client.destroyed, true);
    assert.equal(await closed(client), false);
  },
  skipHalfClose,
);

forEachTransport(
  "Socket.destroySoon(): before the connection is made still delivers",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server);
    client.write("soon");
    client.destroySoon();
    const [peer] = await accepted as [net.Socket];
    assert.equal(String(await received(peer)), "soon");
    assert.equal(await closed(client), false);
  },
);

forEachTransport("Socket.destroySoon(): twice is once", async (bed) => {
  const { client, peer } = await bed.pair();
  peer.resume();
  const log = record(client, ENDS);
  client.destroySoon();
  client.destroySoon();
  await closed(client);
  await turn();
  assert.deepEqual(log, ["finish", "close"]);
}, skipHalfClose);

forEachTransport(
  "Socket.destroy(): emits 'close' alone, once, and not before it returns",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    const log = record(client, [...ENDS, "error"]);
    assert.equal(client.destroy(), client);
    assert.equal(client.destroyed, true);
    assert.deepEqual(log, []);
    client.destroy();
    assert.equal(await closed(client), false);
    assert.equal(await closed(peer), false);
    await turn();
    assert.deepEqual(log, ["close"]);
  },
);

forEachTransport(
  "Socket.destroy(): with an error emits it, then 'close' with true",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    const log = record(client, [...ENDS, "error"]);
    const failure = new Error("enough");
    let seen: unknown;
    client.on("error", (error: Error) => seen = error);
    client.destroy(failure);
    assert.equal(client.errored, failure);
    assert.equal(await closed(client), true);
    assert.deepEqual(log, ["error", "close"]);
    assert.equal(seen, failure);
  },
);

forEachTransport(
  "Socket.destroy(): while connecting the connection never comes",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.connect(server);
    const log = record(client, ["connect", "ready", "error", ...ENDS]);
    client.destroy();
    assert.equal(client.connecting, false);
    assert.equal(await closed(client), false);
    for (let i = 0; i < 3; i++) await turn();
    assert.deepEqual(log, ["close"]);
  },
);

forEachTransport(
  "Socket[Symbol.asyncDispose](): destroys the socket",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    client.on("error", () => {});
    await client[Symbol.asyncDispose]();
    assert.equal(client.destroyed, true);
    await Promise.all([closed(client), closed(peer)]);
  },
);

eachHalfClosing(
  "Socket.end(): sends a FIN even if the program keeps the socket open",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      const destroy = peer.destroy;
      peer.destroy = () => peer;
      bed.onClose(() => (peer.destroy = destroy));
      peer.resume();
    });
    const client = bed.connect(server);
    client.resume().end();
    assert.equal(await closed(client), false);
    assert.equal(client.readableEnded, true);
  },
);
