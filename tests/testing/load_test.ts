/**
 * A thousand connections for an hour, with faults.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { createNetwork } from "../../testing/mod.ts";

const CONNECTIONS = 1000;
const MESSAGES = 10;
const SIZE = 100;
const HOUR = 3_600_000;

test("load: a thousand connections of ten messages in an hour", async () => {
  const network = createNetwork({ seed: 7 });
  const [app, db] = [network.host("app"), network.host("db")];
  const { setTimeout } = network.timers;
  const server = db.net.createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  }).listen(1);
  network.link(app, db).set({
    latency: 20,
    jitter: 10,
    fragment: [1, 1400],
    loss: 0.01,
  });
  const outcomes = { closed: 0, reset: 0, replies: 0 };

  /** One client: a message, its echo, five minutes, the next. */
  function start(number: number): void {
    const client = app.net.connect(1, "db");
    if (number % 10 === 0) client.fault.afterBytes(3 * SIZE).reset();
    if (number % 10 === 1) {
      client.fault.afterBytes(2 * SIZE, "received").stall(30_000);
    }
    let sent = 0, received = 0;
    const send = () => {
      if (sent++ === MESSAGES) client.end();
      else client.write(Buffer.alloc(SIZE, number));
    };
    client.on("connect", send);
    client.on("data", (chunk) => {
      received += chunk.length;
      if (received < sent * SIZE) return;
      outcomes.replies++;
      setTimeout(send, 300_000);
    });
    client.on("error", () => outcomes.reset++);
    client.on("close", () => outcomes.closed++);
  }
  for (let i = 0; i < CONNECTIONS; i++) setTimeout(start, i * 500, i);
  await network.advance(HOUR);
  server.close();
  await network.advance(0);

  assert.equal(network.now, HOUR);
  assert.deepEqual(outcomes, { closed: 1000, reset: 100, replies: 9200 });
  assert.deepEqual(network.open(), []);
});
