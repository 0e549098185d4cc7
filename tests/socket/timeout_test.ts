import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import {
  closed,
  event,
  type Pair,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { createNetwork } from "../../testing/mod.ts";
import { mayTakeAnyWrite } from "../helpers/runtime.ts";
import { forEachTransport, tcpTest } from "../helpers/transports.ts";

forEachTransport(
  "Socket.setTimeout(): emits 'timeout' on an idle socket and leaves it open",
  async (bed) => {
    const { client } = await bed.pair();
    assert.equal(client.timeout, undefined);
    assert.equal(client.setTimeout(20), client);
    assert.equal(client.timeout, 20);
    await event(client, "timeout");
    assert.equal(client.destroyed, false);
    assert.equal(client.readyState, "open");
    assert.equal(client.timeout, 20);
  },
);

forEachTransport(
  "Socket.setTimeout(): its callback listens once to 'timeout'",
  async (bed) => {
    const { client } = await bed.pair();
    let calls = 0;
    client.setTimeout(10, () => calls++);
    assert.equal(client.listenerCount("timeout"), 1);
    await event(client, "timeout");
    assert.equal(calls, 1);
    assert.equal(client.listenerCount("timeout"), 0);
  },
);

forEachTransport(
  "Socket.setTimeout(): fires once for one idle stretch, again after traffic",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    let fired = 0;
    client.on("timeout", () => fired++);
    client.setTimeout(10);
    await event(client, "timeout");
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(fired, 1);
    client.write("traffic");
    await event(client, "timeout");
    assert.equal(fired, 2);
    client.resume();
    peer.write("traffic");
    await event(client, "timeout");
    assert.equal(fired, 3);
  },
);

forEachTransport(
  "Socket.setTimeout(): 0 clears it and removes the callback",
  async (bed) => {
    const { client } = await bed.pair();
    let fired = 0;
    const callback = () => fired++;
    client.setTimeout(30, callback);
    assert.equal(client.setTimeout(0, callback), client);
    assert.equal(client.timeout, 0);
    assert.equal(client.listenerCount("timeout"), 0);
    client.on("timeout", callback);
    // The timeout of a second socket, set later and longer, shows that ours
    // never comes.
    const { client: other } = await bed.pair();
    other.setTimeout(60);
    await event(other, "timeout");
    assert.equal(fired, 0);
  },
);

forEachTransport(
  "Socket.setTimeout(): a second call replaces the first",
  async (bed) => {
    const { client } = await bed.pair();
    client.setTimeout(1_000_000);
    client.setTimeout(10);
    await event(client, "timeout");
    assert.equal(client.timeout, 10);
  },
);

/** Writes for longer than both ends may be idle. Returns the outcome. */
async function keepBusy(
  { client, peer }: Pair,
  msecs: number,
): Promise<{ timeouts: number; longestPause: number }> {
  let timeouts = 0;
  const count = () => timeouts++;
  client.on("timeout", count).setTimeout(msecs);
  peer.on("timeout", count).setTimeout(msecs);
  let longestPause = 0;
  const end = performance.now() + 1.5 * msecs;
  for (let now = performance.now(); now < end;) {
    // Data flows only one way: one side writes, the other reads.
    client.write("x");
    await turn();
    longestPause = Math.max(longestPause, performance.now() - now);
    now = performance.now();
  }
  client.off("timeout", count);
  peer.off("timeout", count);
  return { timeouts, longestPause };
}

forEachTransport(
  "Socket.setTimeout(): writing and reading put it off",
  async (bed) => {
    const pair = await bed.pair();
    pair.peer.resume();
    let result;
    // If the machine stalled, the sockets really were idle: try again.
    do result = await keepBusy(pair, 200); while (result.longestPause >= 100);
    assert.equal(result.timeouts, 0);
    await Promise.all([
      event(pair.client, "timeout"),
      event(pair.peer, "timeout"),
    ]);
  },
);

forEachTransport(
  "Socket.setTimeout(): fires while a write waits for a reader that is gone silent",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.pause();
    client.write(Buffer.alloc(32 << 20));
    client.setTimeout(20);
    await event(client, "timeout");
    assert.ok(client.writableLength > 0);
  },
  mayTakeAnyWrite,
);

forEachTransport("Socket.setTimeout(): silent after destroy()", async (bed) => {
  const { client, peer } = await bed.pair();
  peer.resume();
  const log = record(client, ["timeout", "close"]);
  client.setTimeout(10);
  client.destroy();
  await closed(client);
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.deepEqual(log, ["close"]);
  assert.equal(client.setTimeout(5, () => log.push("callback")), client);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(log, ["close"]);
  assert.equal(client.listenerCount("timeout"), 1);
});

forEachTransport(
  "Socket.setTimeout(): silent after a destroy() by the listener of 'timeout' that wrote before",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    const log = record(client, ["timeout", "close"]);
    client.setTimeout(10, () => {
      client.write("are you there?");
      process.nextTick(() => client.destroy());
    });
    await closed(client);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(log, ["timeout", "close"]);
  },
);

forEachTransport(
  "Socket.setTimeout(): a write by the listener of 'timeout' starts the time again",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    let count = 0;
    client.on("timeout", () => {
      count++;
      client.write("are you there?");
    });
    client.setTimeout(10);
    while (count < 3) await event(client, "timeout");
    client.setTimeout(0);
    const seen = count;
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(count, seen);
  },
);

test("Socket.setTimeout(): off and on again, as for each request of HTTP", async () => {
  const network = createNetwork({ seed: 1 });
  const socket = new (network.host("app").net.Socket)();
  const seen: number[] = [];
  socket.on("timeout", () => seen.push(network.now));
  socket.setTimeout(100);
  await network.advance(90);
  socket.setTimeout(0);
  await network.advance(60); // at 150, beyond the end of the first
  assert.deepEqual(seen, []);
  socket.setTimeout(100);
  await network.advance(99);
  assert.deepEqual(seen, []);
  await network.advance(1); // at 250
  assert.deepEqual(seen, [250]);
  socket.setTimeout(0);
  socket.setTimeout(100); // off and on at once
  socket.setTimeout(30);
  await network.advance(200); // at 450
  assert.deepEqual(seen, [250, 280]);
  // Traffic does not turn on what is off.
  socket.setTimeout(0);
  socket._unrefTimer();
  await network.advance(1000);
  socket.setTimeout(30);
  socket.destroy();
  await network.advance(1000);
  assert.deepEqual(seen, [250, 280]);
});

test("Socket.setTimeout(): works on a socket that never connected", async () => {
  const socket = new net.Socket();
  const guard = setTimeout(() => {}, 10_000);
  socket.setTimeout(10);
  await event(socket, "timeout");
  clearTimeout(guard);
  socket.destroy();
});

forEachTransport(
  "connect(): the timeout option is setTimeout()",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.connect(server, { timeout: 20 });
    assert.equal(client.timeout, 20);
    await event(client, "timeout");
    assert.equal(client.destroyed, false);
  },
);

forEachTransport(
  "Socket.connect(): has no timeout option, net.connect() has",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.track(new net.Socket());
    const options = { timeout: 20, ...bed.transport.connectOptions(server) };
    client.connect(options);
    await event(client, "connect");
    assert.equal(client.timeout, undefined);
  },
);

tcpTest(
  "connect(): the timeout option covers the name look-up",
  async (bed) => {
    const client = bed.track(net.connect({
      port: 1,
      host: "never.invalid",
      timeout: 10,
      lookup: () => {},
    }));
    await event(client, "timeout");
    assert.equal(client.connecting, true);
    assert.equal(client.readyState, "opening");
  },
);

test("Socket.setTimeout(): refuses bad values", () => {
  const socket = new net.Socket();
  for (const value of [undefined, null, "100", {}, [], true, () => {}, 10n]) {
    assert.throws(
      () => socket.setTimeout(value as number),
      { name: "TypeError", code: "ERR_INVALID_ARG_TYPE" },
    );
  }
  for (const value of [-1, -0.5, NaN, Infinity, -Infinity]) {
    assert.throws(
      () => socket.setTimeout(value),
      { name: "RangeError", code: "ERR_OUT_OF_RANGE" },
    );
  }
  for (const msecs of [0, 1000]) {
    for (const callback of [null, 1, "text", {}, true]) {
      assert.throws(
        () => socket.setTimeout(msecs, callback as unknown as () => void),
        { name: "TypeError", code: "ERR_INVALID_ARG_TYPE" },
      );
    }
  }
  assert.equal(socket.listenerCount("timeout"), 0);
  assert.throws(() => socket.setTimeout(-1), {
    message: 'The value of "msecs" is out of range. It must be ' +
      "a non-negative finite number. Received -1",
  });
  assert.throws(() => socket.setTimeout("1" as unknown as number), {
    message:
      `The "msecs" argument must be of type number. Received type string ('1')`,
  });
  socket.destroy();
});

test("net.connect(): refuses a bad timeout option at once", () => {
  for (const timeout of ["100", {}, true]) {
    assert.throws(
      () => net.connect({ port: 1, timeout: timeout as number }),
      { code: "ERR_INVALID_ARG_TYPE" },
    );
  }
  for (const timeout of [-1, Infinity]) {
    assert.throws(
      () => net.connect({ port: 1, timeout }),
      { code: "ERR_OUT_OF_RANGE" },
    );
  }
});
