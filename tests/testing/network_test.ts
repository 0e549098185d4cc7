/**
 * What a simulated network does to those who connect, listen and write in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { Server } from "../../mod.ts";
import {
  createNetwork,
  type Host,
  type Network,
  type SimulatedSocket,
} from "../../testing/mod.ts";

/** Two hosts of a new network. */
function pair(seed = 1): { network: Network; app: Host; db: Host } {
  const network = createNetwork({ seed });
  return { network, db: network.host("db"), app: network.host("app") };
}

/** What fails first, and when. */
function failure(
  network: Network,
  socket: SimulatedSocket | Server,
): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    socket.once("error", (error: Error) => {
      resolve({ ...error, message: error.message, at: network.now });
    });
  });
}

/** The network's time at which an event comes. */
function when(
  network: Network,
  socket: SimulatedSocket,
  event: string,
): Promise<number> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve(network.now));
  });
}

/** Both ends of a connection from `app` to `db`. */
async function connected(
  network: Network,
  app: Host,
  db: Host,
): Promise<{ client: SimulatedSocket; peer: SimulatedSocket; server: Server }> {
  const server = db.net.createServer({ allowHalfOpen: true });
  server.listen(5432);
  const client = app.net.connect({ port: 5432, host: "db" });
  const [[peer]] = await network.run(() =>
    Promise.all([once(server, "connection"), once(client, "connect")])
  ) as [[SimulatedSocket], unknown];
  return { client, peer, server };
}

test("network: nobody listens, ECONNREFUSED", async () => {
  const { network, app } = pair();
  const failed = failure(network, app.net.connect(5432, "db"));
  await network.advance(10);
  const { code, syscall, address, port, message, at } = await failed;
  assert.deepEqual([code, syscall], ["ECONNREFUSED", "connect"]);
  assert.deepEqual([address, port], ["10.0.0.1", 5432]);
  assert.equal(message, "connect ECONNREFUSED 10.0.0.1:5432");
  assert.equal(at, 2); // there and back
});

test("network: an address in use, EADDRINUSE; each host has its own", async () => {
  const { network, app, db } = pair();
  db.net.createServer().listen(5432);
  app.net.createServer().listen(5432);
  const failed = failure(network, db.net.createServer().listen(5432));
  await network.advance(0);
  const { code, message } = await failed;
  assert.equal(code, "EADDRINUSE");
  assert.equal(message, "listen EADDRINUSE: address already in use :::5432");
});

test("network: an unknown name, ENOTFOUND", async () => {
  const { network, app } = pair();
  const failed = failure(network, app.net.connect(5432, "nowhere"));
  await network.advance(0);
  const { code, errno, syscall, hostname } = await failed;
  assert.deepEqual([code, errno], ["ENOTFOUND", -3008]);
  assert.deepEqual([syscall, hostname], ["getaddrinfo", "nowhere"]);
});

test("network: an unknown address, EHOSTUNREACH; no such family, ENETUNREACH", async () => {
  const { network, app } = pair();
  const four = failure(network, app.net.connect(5432, "192.0.2.1"));
  network.host("v6", { addresses: ["fd00::1"] });
  const six = failure(network, app.net.connect(5432, "v6"));
  await network.advance(10);
  assert.equal((await four).code, "EHOSTUNREACH");
  assert.equal((await six).code, "ENETUNREACH");
});

test("network: a partition, ETIMEDOUT after 127 seconds", async () => {
  const { network, app, db } = pair();
  db.net.createServer().listen(5432);
  network.partition(app, db);
  const failed = failure(network, app.net.connect(5432, "db"));
  await network.advance(200_000);
  const { code, syscall, at } = await failed;
  assert.deepEqual([code, syscall, at], ["ETIMEDOUT", "connect", 127_000]);
});

test("network: a partition that heals loses nothing", async () => {
  const { network, app, db } = pair();
  const { client, peer } = await connected(network, app, db);
  let text = "";
  peer.setEncoding("utf8").on("data", (chunk) => text += chunk);
  client.write("before ");
  await network.advance(10);
  network.partition(app);
  client.write("during ");
  await network.advance(5000);
  assert.equal(text, "before ");
  client.write("and after");
  network.heal(app);
  await network.advance(10_000);
  assert.equal(text, "before during and after");
});

test("network: a partition that stays fails a write after 15 minutes", async () => {
  const { network, app, db } = pair();
  const { client, peer } = await connected(network, app, db);
  network.partition(app, db);
  client.write("lost");
  const failed = failure(network, client);
  peer.resume();
  await network.advance(1_000_000);
  const { code, syscall, at } = await failed;
  assert.deepEqual([code, syscall], ["ETIMEDOUT", "read"]);
  assert.equal(Math.round(at as number / 1000), 925);
  assert.equal(peer.destroyed, false); // nobody told the server
});

test("network: a crash is silence, and a RST once the host is back", async () => {
  const { network, app, db } = pair();
  const { client, peer, server } = await connected(network, app, db);
  const own = once(peer.resume(), "end");
  db.crash();
  await network.advance(60_000);
  await own;
  const down = failure(network, db.net.connect(1, "app"));
  await network.advance(0);
  assert.equal((await down).code, "ENETDOWN");
  assert.equal(client.destroyed, false);
  db.restart();
  const failed = failure(network, client.resume());
  client.write("anybody there?");
  await network.advance(10);
  assert.equal((await failed).code, "ECONNRESET");
  // The server listens again.
  const again = app.net.connect(5432, "db");
  await network.run(() =>
    Promise.all([once(again, "connect"), once(server, "connection")])
  );
});

test("network: keep-alive notices that the peer is gone", async () => {
  const { network, app, db } = pair();
  const { client } = await connected(network, app, db);
  client.resume().setKeepAlive(true, 60_000, 5000, 3);
  const failed = failure(network, client);
  db.crash();
  const since = network.now;
  await network.advance(600_000);
  const { code, at } = await failed;
  assert.equal(code, "ETIMEDOUT");
  assert.ok(Math.abs(at as number - since - 75_000) < 10);
});

test("network: keep-alive lets a peer that answers be", async () => {
  const { network, app, db } = pair();
  const { client } = await connected(network, app, db);
  client.resume().setKeepAlive(true, 60_000);
  await network.advance(3_600_000);
  assert.equal(client.readyState, "open");
});

test("network: half-open, RST and FIN are told apart", async () => {
  const { network, app, db } = pair();
  const first = await connected(network, app, db);
  const replied = once(first.client.resume(), "end");
  first.peer.resume().on("end", () => first.peer.end("late reply"));
  first.client.end("request");
  await network.run(() => replied);
  assert.equal(first.client.bytesRead, 10);

  const failed = failure(network, first.client);
  const second = app.net.connect(5432, "db");
  const [peer] = await network.run(() => once(first.server, "connection"));
  const reset = failure(network, second.resume());
  (peer as SimulatedSocket).resetAndDestroy();
  await network.advance(10);
  assert.equal((await reset).code, "ECONNRESET");
  assert.equal(await Promise.race([failed, "none"]), "none");
});

test("network: a full accept queue leaves who comes late without an answer", async () => {
  const { network, app, db } = pair();
  db.descriptors = 1; // the listener's own
  const server = db.net.createServer();
  const errors: unknown[] = [];
  server.on("error", (error: NodeJS.ErrnoException) => {
    errors.push([error.code, error.syscall]);
  });
  server.listen({ port: 5432, backlog: 2 });
  const clients = Array.from({ length: 4 }, () => {
    const client = app.net.connect(5432, "db");
    client.on("error", () => {});
    return client;
  });
  await network.advance(10);
  assert.deepEqual(errors, [["EMFILE", "accept"]]);
  const open = clients.filter((client) => !client.connecting);
  assert.equal(open.length, 3); // one more than the backlog, as on Linux
  await network.advance(200_000);
  assert.equal(clients.filter((client) => client.destroyed).length, 1);
  // With descriptors to be had, they are accepted after all.
  db.descriptors = 10;
  const accepted = once(server, "connection");
  db.net.createServer().listen(1).close();
  await network.run(() => accepted);
});

test("network: no descriptor left, EMFILE", async () => {
  const network = createNetwork({ seed: 1 });
  const app = network.host("app", { descriptors: 1 });
  const server = app.net.createServer().listen(80);
  const failed = failure(network, app.net.connect(80, "127.0.0.1"));
  await network.advance(10);
  const { code, syscall } = await failed;
  assert.deepEqual([code, syscall], ["EMFILE", "connect"]);
  const second = failure(network, app.net.createServer().listen(81));
  await network.advance(0);
  assert.equal((await second).code, "EMFILE");
  server.close();
});

test("network: who does not read holds its sender back", async () => {
  const { network, app, db } = pair();
  network.link(app, db).set({ window: 10_000 });
  const { client, peer } = await connected(network, app, db);
  const data = new Uint8Array(100_000).map((_, i) => i % 251);
  let isDone = false;
  client.end(data, () => isDone = true);
  await network.advance(60_000);
  assert.equal(isDone, false);
  // One window at the peer, one here.
  assert.equal(client.bytesWritten, 100_000);
  const parts: Uint8Array[] = [];
  peer.on("data", (chunk) => parts.push(chunk as Uint8Array));
  await network.run(() => once(peer, "end"));
  assert.deepEqual(new Uint8Array(Buffer.concat(parts)), data);
  assert.equal(isDone, true);
});

test("network: bandwidth and latency say how long it takes", async () => {
  const { network, app, db } = pair();
  const { client, peer } = await connected(network, app, db);
  network.link(app, db).set({ latency: 100, bandwidth: 15_000 });
  const before = network.now;
  client.end(new Uint8Array(14_600));
  const at = when(network, peer.resume(), "end");
  await network.run(() => at);
  // Ten packets of 1500 bytes and a FIN of 40 at 15,000 bytes a second.
  assert.equal(Math.round(await at - before), 1103);
});

test("network: packets are lost, bytes are not", async () => {
  const { network, app, db } = pair(3);
  network.link(app, db).set({ loss: 0.2, fragment: [1, 400], jitter: 10 });
  const { client, peer } = await connected(network, app, db);
  const data = new Uint8Array(50_000).map((_, i) => i % 249);
  const parts: Uint8Array[] = [];
  peer.on("data", (chunk) => parts.push(chunk as Uint8Array));
  client.end(data);
  await network.run(() => once(peer, "end"));
  assert.deepEqual(new Uint8Array(Buffer.concat(parts)), data);
  assert.ok(network.trace.entries.some(({ lost }) => lost));
});

test("network: a host of two families, the second after the first", async () => {
  const network = createNetwork({ seed: 1 });
  const app = network.host("app", { addresses: ["10.1.0.1", "fd00::1"] });
  const db = network.host("db", { addresses: ["fd00::2", "10.1.0.2"] });
  db.net.createServer().listen(5432, "10.1.0.2");
  const attempts: unknown[] = [];
  const client = app.net.connect(5432, "db");
  client.on("connectionAttempt", (ip) => attempts.push(ip));
  await network.run(() => once(client, "connect"));
  assert.deepEqual(attempts, ["fd00::2", "10.1.0.2"]);
  assert.equal(client.remoteFamily, "IPv4");

  // One that does not answer gets its time, on the network's clock.
  network.link(app, db).on("connect", (attempt) => {
    if (attempt.number === 3) attempt.ignore();
  });
  const before = network.now;
  const slow = app.net.connect(5432, "db");
  const at = when(network, slow, "connect");
  await network.run(() => at);
  assert.equal(Math.floor(await at - before), 502);
});

test("network: an IPv6 listener sees IPv4 mapped", async () => {
  const { network, app, db } = pair();
  const { client, peer } = await connected(network, app, db);
  assert.equal(peer.remoteAddress, "::ffff:10.0.0.2");
  assert.equal(peer.remotePort, client.localPort);
  assert.equal(client.remoteAddress, "10.0.0.1");
});

test("network: paths are a host's own", async () => {
  const { network, app, db } = pair();
  db.net.createServer((socket) => socket.end("here")).listen("/run/db.sock");
  const client = db.net.connect("/run/db.sock");
  const [data] = await network.run(() => once(client, "data"));
  assert.equal(String(data), "here");
  const failed = failure(network, app.net.connect("/run/db.sock"));
  await network.advance(10);
  assert.equal((await failed).code, "ENOENT");
});

test("network: attempts are refused, ignored, delayed, failed", async () => {
  const { network, app, db } = pair();
  db.net.createServer().listen(5432);
  const link = network.link("app", "db");
  const outcomes: unknown[] = [];
  link.on("connect", (attempt) => {
    assert.deepEqual([attempt.from, attempt.to], ["app", "db"]);
    assert.equal(attempt.port, 5432);
    if (attempt.number === 1) attempt.refuse();
    if (attempt.number === 2) attempt.delay(500);
    if (attempt.number === 3) attempt.fail("EHOSTUNREACH");
    if (attempt.number === 4) attempt.ignore();
  });
  for (let i = 0; i < 4; i++) {
    const client = app.net.connect(5432, "db");
    const note = (what: unknown) => outcomes.push([what, network.now]);
    client.on("connect", () => note("connected"));
    client.on("error", (error: NodeJS.ErrnoException) => note(error.code));
  }
  await network.advance(200_000);
  assert.deepEqual(outcomes, [
    ["EHOSTUNREACH", 0],
    ["ECONNREFUSED", 2],
    ["connected", 502],
    ["ETIMEDOUT", 127_000],
  ]);
});

test("network: whole net is there, and stays on its host", async () => {
  const { network, app, db } = pair();
  const { net } = db;
  const server = net.Server((socket) => socket.end());
  assert.ok(server instanceof net.Server);
  assert.ok(net.createServer() instanceof net.Server);
  assert.ok(new net.Socket() instanceof net.Socket);
  class Own extends app.net.Socket {}
  const bound = new net.BoundSocket({ port: 5432 });
  assert.deepEqual(bound.address(), {
    address: "0.0.0.0",
    family: "IPv4",
    port: 5432,
  });
  server.listen(bound);
  const client = new Own();
  assert.ok(client instanceof Own && client instanceof net.Socket);
  client.connect(5432, "db");
  await network.run(() => once(client, "connect"));

  const other = await network.run(() => net.promises.listen({ port: 80 }));
  const reached = await network.run(() => app.net.promises.connect(80, "db"));
  assert.equal(reached.remotePort, 80);
  assert.equal(net.isIP("::1"), 6);
  other.close();
});
