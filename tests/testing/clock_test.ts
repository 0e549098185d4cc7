/**
 * The time of a network, and the timers of a program on it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { createNetwork, HangError } from "../../testing/mod.ts";

/** Milliseconds without an interest of its own. */
const HOUR = 3_600_000;

test("clock: time passes as told, and no other", async () => {
  const network = createNetwork({ seed: 1 });
  assert.equal(network.now, 0);
  await network.advance(250);
  assert.equal(network.now, 250);
  await Promise.all([network.advance(10), network.advance(20)]);
  assert.equal(network.now, 270);
});

test("clock: timers go off in the order of their times", async () => {
  const network = createNetwork({ seed: 1 });
  const { setTimeout, clearTimeout, setInterval, clearInterval } =
    network.timers;
  const seen: unknown[] = [];
  const note = (what: string) => void seen.push([what, network.now]);
  setTimeout(note, 30, "c");
  setTimeout(note, 10, "a");
  setTimeout(note, 10, "b");
  clearTimeout(setTimeout(note, 5, "never"));
  clearTimeout(Number(setTimeout(note, 5, "never by its number")));
  clearTimeout(undefined);
  let times = 0;
  const interval = setInterval(() => {
    note("again");
    if (++times === 2) clearInterval(interval);
  }, 20);
  const late = setTimeout(note, 40, "refreshed");
  await network.advance(35);
  late.refresh();
  await network.advance(HOUR);
  assert.deepEqual(seen, [
    ["a", 10],
    ["b", 10],
    ["again", 20],
    ["c", 30],
    ["again", 40],
    ["refreshed", 75],
  ]);
});

test("clock: what a timer sets off is over before the next", async () => {
  const network = createNetwork({ seed: 1 });
  const seen: string[] = [];
  network.timers.setTimeout(async () => {
    seen.push("first");
    await Promise.resolve();
    setImmediate(() => seen.push("set off by the first"));
  }, 10);
  network.timers.setTimeout(() => seen.push("second"), 10);
  await network.advance(10);
  assert.deepEqual(seen, ["first", "set off by the first", "second"]);
});

test("clock: sockets' own timers are on it", async () => {
  const network = createNetwork({ seed: 1 });
  const [app, db] = [network.host("app"), network.host("db")];
  db.net.createServer((socket) => socket.resume()).listen(1);
  const client = app.net.connect({ port: 1, host: "db", timeout: HOUR });
  const [at] = await network.run(() =>
    Promise.all([
      once(client, "timeout").then(() => network.now),
      once(client, "connect"),
    ])
  );
  assert.equal(Math.floor(at), HOUR + 2);
});

test("clock: install() replaces the global timers, and puts them back", async () => {
  const network = createNetwork({ seed: 1 });
  const former = [setTimeout, clearTimeout, setInterval, clearInterval];
  let isReal = false;
  const real = setTimeout(() => isReal = true, 0);
  const restore = network.timers.install();
  try {
    assert.notEqual(setTimeout, former[0]);
    clearTimeout(real); // one from before is not lost
    const slept = new Promise((resolve) => setTimeout(resolve, HOUR));
    await network.run(() => slept);
    assert.equal(network.now, HOUR);
  } finally {
    restore();
  }
  const now = [setTimeout, clearTimeout, setInterval, clearInterval];
  assert.deepEqual(now, former);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(isReal, false);
});

test("clock: another fake clock follows", async () => {
  const network = createNetwork({ seed: 1 });
  const app = network.host("app");
  const steps: number[] = [];
  let other = 0;
  const due = new Map([[25, () =>
    void app.net.connect(9, "10.9.9.9").on(
      "error",
      () => steps.push(network.now),
    )]]);
  const stop = network.follow(async (milliseconds) => {
    other += milliseconds;
    await Promise.resolve();
    for (const [time, action] of due) {
      if (time <= other && due.delete(time)) action();
    }
  }, { step: 10 });
  await network.advance(100);
  assert.equal(other, 100);
  // Set off in a step of ten, and over one millisecond later.
  assert.deepEqual(steps, [31]);
  stop();
  await network.advance(100);
  assert.equal(other, 100);
});

test("clock: follow() and node:test's timers, where there are some", async (t) => {
  let timers: typeof t.mock.timers | undefined;
  try {
    timers = t.mock.timers;
    timers.enable({ apis: ["setTimeout"] });
  } catch {
    t.diagnostic?.("this runtime has no mock timers");
    return;
  }
  const network = createNetwork({ seed: 1 });
  const [app, db] = [network.host("app"), network.host("db")];
  network.follow((milliseconds) => timers!.tick(milliseconds));
  db.net.createServer((socket) => socket.end("hello")).listen(1);
  let at = 0;
  setTimeout(() => {
    app.net.connect(1, "db").on("data", () => at = network.now);
  }, 50);
  await network.advance(100);
  timers!.reset();
  assert.equal(at, 54);
});

test("run: gives what the program returns, and throws what it throws", async () => {
  const network = createNetwork({ seed: 1 });
  assert.equal(await network.run(() => 5), 5);
  const error = new Error("mine");
  await assert.rejects(network.run(() => Promise.reject(error)), error);
  await assert.rejects(
    network.run(() => {
      throw error;
    }),
    error,
  );
  const thrown = network.run(async () => {
    network.timers.setTimeout(() => {
      throw error;
    }, 10);
    await network.advance(20);
  });
  await assert.rejects(thrown, error);
});

test("run: advance() within it is a sleep", async () => {
  const network = createNetwork({ seed: 1 });
  const times = await network.run(async () => {
    await network.advance(100);
    const first = network.now;
    await network.advance(HOUR);
    return [first, network.now];
  });
  assert.deepEqual(times, [100, 100 + HOUR]);
});

test("run: says what a program that hangs waits for", async () => {
  const network = createNetwork({ seed: 7 });
  const [app, db] = [network.host("app"), network.host("db")];
  db.net.createServer((socket) => socket.resume()).listen(5432);
  const hanging = network.run(async () => {
    const client = app.net.connect(5432, "db");
    client.write("a question");
    await once(client, "data");
  }, { patience: 1 });
  const error = await hanging.then(
    () => assert.fail("it does not hang"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof HangError);
  assert.equal(error.seed, 7);
  assert.match(error.message, /waits for something .* with seed 7/);
  assert.match(
    error.message,
    /app: a connection to db:5432 .*, open, 10 bytes sent, 0 received/,
  );
  assert.match(error.message, /db: a listener at :: port 5432/);
});

test("run: an interval that nobody stops goes on", async () => {
  const network = createNetwork({ seed: 1 });
  const run = network.run(
    () => void network.timers.setInterval(() => {}, 1000),
    { limit: 60_000 },
  );
  await assert.rejects(run, /is done, but goes on.*\n.*an interval of 1000 ms/);
});

test("clock: real time passes by itself", async () => {
  const network = createNetwork({ seed: 1, clock: "real" });
  const [app, db] = [network.host("app"), network.host("db")];
  const server = db.net.createServer((socket) => socket.end("hello"));
  server.listen(5432);
  const [data] = await once(app.net.connect(5432, "db"), "data");
  assert.equal(String(data), "hello");
  assert.throws(() => network.advance(10), /real time/);
  server.close();
});
