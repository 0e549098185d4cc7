/**
 * Faults of one connection, of a link, and of everything on a host.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import * as net from "../../mod.ts";
import {
  createNetwork,
  install,
  type Network,
  type SimulatedSocket,
} from "../../testing/mod.ts";

/** An event of a socket, and how much it had read by then. */
type Seen = [event: string, bytes: number];

function watch(socket: net.Socket): Seen[] {
  const seen: Seen[] = [];
  const note = (event: string) => () =>
    void seen.push([event, socket.bytesRead]);
  socket.on("end", note("end")).on("close", note("close"));
  socket.on("error", (error: NodeJS.ErrnoException) => note(error.code!)());
  return seen;
}

/** A client that has asked, a server that answers with 3000 bytes. */
function ask(
  network: Network,
  prepare: (client: SimulatedSocket) => void,
): { client: Seen[]; server: () => Seen[] } {
  const [app, db] = [network.host("app"), network.host("db")];
  let server: Seen[] = [];
  db.net.createServer((socket) => {
    server = watch(socket);
    socket.resume();
    socket.end(new Uint8Array(3000));
  }).listen(5432);
  const client = app.net.connect(5432, "db").resume();
  prepare(client);
  const seen = watch(client);
  return { client: seen, server: () => server };
}

test("fault: a reset after some bytes of the peer's", async () => {
  const network = createNetwork({ seed: 1 });
  const { client, server } = ask(network, (socket) => {
    socket.fault.afterBytes(1024, "received").reset();
  });
  await network.advance(1000);
  assert.deepEqual(client, [["ECONNRESET", 1024], ["close", 1024]]);
  assert.deepEqual(server(), [["ECONNRESET", 0], ["close", 0]]);
});

test("fault: an end after some bytes", async () => {
  const network = createNetwork({ seed: 1 });
  const { client } = ask(network, (socket) => {
    socket.fault.afterBytes(2000, "received").end();
  });
  await network.advance(1000);
  assert.deepEqual(client, [["end", 2000], ["close", 2000]]);
});

test("fault: a stall, for a while and for good", async () => {
  const network = createNetwork({ seed: 1 });
  const { client } = ask(network, (socket) => {
    socket.fault.afterBytes(10, "received").stall(30_000);
  });
  await network.advance(20_000);
  assert.deepEqual(client, []);
  await network.advance(60_000);
  assert.deepEqual(client, [["end", 3000], ["close", 3000]]);

  const other = createNetwork({ seed: 1 });
  const stalled = ask(other, (socket) => {
    socket.fault.afterBytes(10, "received").stall();
  });
  await other.advance(1_000_000);
  assert.deepEqual(stalled.client, []);
  assert.deepEqual(stalled.server(), [["ETIMEDOUT", 0], ["close", 0]]);
});

test("fault: of bytes sent, on the accepting side, and at once", async () => {
  const network = createNetwork({ seed: 1 });
  const [app, db] = [network.host("app"), network.host("db")];
  let peer: Seen[] = [];
  db.net.createServer((socket) => {
    peer = watch(socket);
    socket.fault.afterBytes(7).reset();
    socket.resume().write("0123456789");
  }).listen(5432);
  const client = app.net.connect(5432, "db").resume();
  const seen = watch(client);
  await network.advance(100);
  assert.deepEqual(seen, [["ECONNRESET", 7], ["close", 7]]);
  assert.equal(peer[0]![0], "ECONNRESET");
  assert.throws(() => client.fault.reset(), /has no connection/);

  const second = app.net.connect(5432, "db").resume();
  const secondSeen = watch(second);
  second.once("connect", () => network.fault(second).end());
  await network.advance(100);
  assert.equal(secondSeen.at(-1)![0], "close");
});

test("fault: link.reset() breaks every connection over it, and no other", async () => {
  const network = createNetwork({ seed: 1 });
  const [app, db, other] = ["app", "db", "other"].map((name) =>
    network.host(name)
  );
  db!.net.createServer((socket) => {
    socket.on("error", () => {}).resume();
  }).listen(5432);
  const hit = [1, 2].map(() => watch(app!.net.connect(5432, "db").resume()));
  const spared = watch(other!.net.connect(5432, "db").resume());
  await network.advance(100);
  network.link(app!, db!).reset();
  await network.advance(100);
  for (const seen of hit) {
    assert.deepEqual(seen, [["ECONNRESET", 0], ["close", 0]]);
  }
  assert.deepEqual(spared, []);
});

test("install: plain net is on a host, and back", async () => {
  const network = createNetwork({ seed: 1 });
  network.host("db").net.createServer((socket) => socket.end("hello"))
    .listen(5432);
  const restore = install(network.host("app"));
  let client: net.Socket;
  try {
    client = net.connect(5432, "db");
  } finally {
    restore();
  }
  await network.run(async () => {
    const [data] = await once(client, "data");
    assert.equal(String(data), "hello");
    assert.equal(client.remoteAddress, "10.0.0.1");
  });
  // No simulated host is asked any more.
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const real = net.connect(port, "127.0.0.1");
  await once(real, "connect");
  real.destroy();
  server.close();
});

test("open(): what a program has left open, in words", async () => {
  const network = createNetwork({ seed: 1 });
  const [app, db] = [network.host("app"), network.host("db")];
  const server = db.net.createServer((socket) => socket.resume());
  server.listen(5432);
  const client = app.net.connect(5432, "db");
  await network.advance(10);
  const kinds = network.open().map((line) => line.replace(/ (at|to) .*/, ""));
  assert.deepEqual(kinds.sort(), [
    "app: a connection",
    "db: a connection",
    "db: a listener",
  ]);
  client.end();
  server.close();
  await network.advance(10);
  assert.deepEqual(network.open(), []);
});
