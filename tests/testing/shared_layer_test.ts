/**
 * The shared layer under random faults: no byte lost, doubled or out of order;
 * exactly one `'close'` and no event after it; nothing left behind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import type { Server, Socket } from "../../mod.ts";
import { explore, type FaultKind, type Network } from "../../testing/mod.ts";
import { SEEDS } from "./seeds.ts";

const CLIENTS = 4;
/** All but the end that a network makes up, after which bytes are missing. */
const FAULTS: readonly FaultKind[] = [
  ...["fragment", "slow", "refuse", "reset"] as const,
  ...["stall", "partition", "crash"] as const,
];
const EVENTS = [
  ...["connect", "ready", "data", "end", "finish", "drain", "error"],
  ...["timeout", "close"],
];

/** The bytes that somebody sends: known at each place. */
function bytesAt(key: number, from: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) {
    const place = from + i;
    bytes[i] = place * 31 + (place >> 8) * 7 + key;
  }
  return bytes;
}

/** Watches one socket: what it reads, and the order of its events. */
class Watcher {
  readonly events: string[] = [];
  readonly closed: Promise<void>;
  received = 0;
  sent = 0;
  error: NodeJS.ErrnoException | undefined;
  readonly #socket: Socket;
  readonly #key: number;

  /** @param key Of the bytes that this end sends; the peer has the other. */
  constructor(socket: Socket, key: 1 | 2) {
    this.#socket = socket;
    this.#key = key;
    let close!: () => void;
    this.closed = new Promise((resolve) => close = resolve);
    for (const event of EVENTS) {
      socket.on(event as "close", () => void this.events.push(event));
    }
    socket.on("error", (error) => this.error = error);
    socket.on("close", close);
    socket.on("data", (chunk) => {
      const expected = bytesAt(3 - key, this.received, chunk.length);
      if (!expected.equals(chunk as Buffer)) this.events.push("wrong bytes");
      this.received += chunk.length;
    });
  }

  saw(event: string): boolean {
    return this.events.includes(event);
  }

  /** Send bytes in pieces, wait where it has to, and end. */
  send(sizes: number[]): void {
    const socket = this.#socket;
    while (sizes.length > 0) {
      if (socket.destroyed || !socket.writable) return;
      const size = sizes.shift()!;
      const isFlowing = socket.write(bytesAt(this.#key, this.sent, size));
      this.sent += size;
      if (!isFlowing) return void socket.once("drain", () => this.send(sizes));
    }
    socket.end();
  }

  /** What holds once the network is quiet. */
  check(peer: Watcher | undefined): void {
    const { events, error } = this;
    const what = events.join(", ");
    const count = (event: string) =>
      events.filter((other) => other === event).length;
    assert.equal(count("close"), 1, what);
    assert.equal(events.at(-1), "close", what);
    for (const event of ["connect", "ready", "end", "finish", "error"]) {
      assert.ok(count(event) <= 1, what);
    }
    assert.equal(count("wrong bytes"), 0, what);
    assert.equal(this.#socket.bytesRead, this.received);
    if (error) {
      assert.ok(error instanceof AggregateError || error.syscall, what);
      assert.ok(!this.saw("finish") || !this.saw("end"), what);
    }
    // Who reads to the end has all that the other has ended with.
    assert.ok(this.received <= (peer?.sent ?? 0), what);
    if (this.saw("end") && peer?.saw("finish")) {
      assert.equal(this.received, peer.sent, what);
    }
  }
}

async function scenario(network: Network): Promise<void> {
  const [app, db] = [network.host("app"), network.host("db")];
  const { random } = network;
  const sizes = () =>
    Array.from({ length: random.integer(0, 5) }, () => random.integer(1, 4000));
  const peers = new Map<number, Watcher>();
  const server: Server = db.net.createServer(
    { allowHalfOpen: random.next() < 0.5, pauseOnConnect: random.next() < 0.2 },
    (socket) => {
      const watcher = new Watcher(socket, 1);
      peers.set(socket.remotePort!, watcher);
      socket.setTimeout(120_000, () => socket.destroy());
      watcher.send(sizes());
      if (server.pauseOnConnect) {
        const timer = setTimeout(() => socket.resume(), 1000);
        socket.on("close", () => clearTimeout(timer));
      }
    },
  );
  server.on("error", () => {});
  server.listen(5432);
  const clients: [Watcher, port: () => number | undefined][] = [];
  for (let i = 0; i < CLIENTS; i++) {
    let port: number | undefined;
    const client = app.net.connect({
      port: 5432,
      host: "db",
      timeout: 90_000,
      allowHalfOpen: random.next() < 0.5,
      keepAlive: random.next() < 0.3,
      highWaterMark: random.next() < 0.3 ? 100 : undefined,
    });
    client.on("connect", () => port = client.localPort);
    client.on("timeout", () => client.destroy());
    const watcher = new Watcher(client, 2);
    clients.push([watcher, () => port]);
    watcher.send(sizes());
    if (random.next() < 0.2) {
      const wait = random.integer(1, 100);
      const timer = setTimeout(() => client.resetAndDestroy(), wait);
      client.on("close", () => clearTimeout(timer));
    }
    await watcher.closed;
  }
  // With what is still on its way to be accepted.
  await network.advance(1000);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  // What should not come any more gets a chance to come.
  await network.advance(1000);
  // The sockets of a host that crashes see an end that nobody has sent.
  const hasCrashed = network.trace.entries.some(({ what }) => what === "crash");
  for (const [watcher, port] of clients) {
    const peer = peers.get(port() ?? -1);
    watcher.check(peer);
    if (!hasCrashed) peer?.check(watcher);
  }
  assert.equal(server._connections, 0);
}

test("shared layer: survives what a network does", async () => {
  await explore({ seeds: SEEDS, most: 5, faults: FAULTS }, scenario);
});
