/**
 * `destroy()` while a socket is connecting.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import * as net from "../../mod.ts";
import { fullListener, noFullListener } from "./full_listener.ts";
import { noDescriptors, openNetworkSockets } from "../helpers/descriptors.ts";
import {
  type Bed,
  closed,
  event,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import {
  eachTcp,
  forEachTransport,
  noSecondTransport,
  tcpTest,
} from "../helpers/transports.ts";

/** Moments in the first turn of a connect. */
const moments: Readonly<Record<string, (destroy: () => void) => void>> = {
  "at once": (destroy) => destroy(),
  "in a promise job": (destroy) => void Promise.resolve().then(destroy),
  "in the next tick": process.nextTick,
  "in a tick after that": (destroy) =>
    process.nextTick(() => process.nextTick(destroy)),
  "in the next turn": (destroy) => void setImmediate(destroy),
};

for (const [moment, later] of Object.entries(moments)) {
  forEachTransport(
    `Socket.destroy() while connecting, ${moment}: the server sees a FIN or nothing`,
    async (bed) => {
      const seen: string[] = [];
      const server = await bed.listen({}, (peer) => {
        record(peer.resume(), ["error", "end"], seen);
      });
      const clients = Array.from({ length: 20 }, () => {
        const client = bed.connect(server);
        later(() => client.destroy());
        return client;
      });
      for (const client of clients) assert.equal(await closed(client), false);
      for (let i = 0; i < 5; i++) await turn();
      assert.ok(!seen.includes("error"), seen.join());
    },
  );
}

eachTcp(
  "Socket.destroy() while connecting: at once, the server sees nothing",
  async (bed) => {
    const server = await bed.listen();
    server.on("connection", () => assert.fail("no 'connection'"));
    const client = bed.connect(server);
    const log = record(client, ["connectionAttempt", "connect", "close"]);
    client.destroy();
    await closed(client);
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(log, ["close"]);
  },
);

tcpTest(
  "Socket.destroy() while connecting: to a peer that does not answer",
  async (bed) => {
    const full = await fullListener("127.0.0.1");
    const client = bed.track(net.connect(full.port, "127.0.0.1"));
    const log = record(client, ["connect", "error", "close"]);
    await event(client, "connectionAttempt");
    for (let i = 0; i < 5; i++) await turn();
    client.destroy();
    assert.equal(await closed(client), false);
    await full.close();
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(log, ["close"]);
  },
  noFullListener,
);

/** Options of a connect, and what it is then. */
const connects: Record<string, (host: string) => object> = {
  "to an address": (host) => ({ host }),
  "from an address": (host) => ({ host, localAddress: host }),
  "to one of several addresses": (host) => ({
    host: "name",
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 60_000,
    lookup: ((_host, _options, callback) => {
      const found = { address: host, family: net.isIP(host) };
      callback(null, [found, found]);
    }) as net.LookupFunction,
  }),
};

for (const [how, options] of Object.entries(connects)) {
  eachTcp(
    `Socket.destroy() while connecting: without an answer, frees the descriptor, ${how}`,
    async (bed) => {
      const { host } = bed.transport.listenOptions() as { host: string };
      const full = await fullListener(host);
      try {
        const before = openNetworkSockets();
        const clients = Array.from(
          { length: 10 },
          () => bed.track(net.connect({ port: full.port, ...options(host) })),
        );
        for (let i = 0; i < 20; i++) await turn();
        assert.equal(openNetworkSockets() - before, 10);
        for (const client of clients) {
          client.destroy();
          assert.equal(await closed(client), false);
        }
        for (let i = 0; i < 100 && openNetworkSockets() > before; i++) {
          await turn();
        }
        assert.equal(openNetworkSockets(), before);
      } finally {
        await full.close();
      }
    },
    noDescriptors || how === "from an address" && noSecondTransport,
  );
}

forEachTransport(
  "Socket.destroySoon() while connecting or closed: leaves no listener behind",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.resume().on("error", () => {});
    });
    const client = bed.track(new net.Socket());
    const count = () =>
      ["connect", "finish", "close"].map((name) => client.listenerCount(name));
    for (let i = 0; i < 3; i++) {
      client.connect(bed.transport.connectOptions(server));
      client.destroySoon();
      client.destroy();
      await event(client, "close");
      assert.deepEqual(count(), [0, 0, 0]);
    }
    // Nor does a call on the closed socket.
    client.destroySoon();
    assert.deepEqual(count(), [0, 0, 0]);
    // Nothing ends the next connection.
    client.connect(bed.transport.connectOptions(server));
    await event(client, "connect");
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(client.readyState, "open");
  },
);

/** Connects, does this, is destroyed, and connects again. */
async function connectAgainAfter(
  bed: Bed,
  act: (client: net.Socket) => void,
): Promise<{ client: net.Socket; text: () => string }> {
  let text = "";
  const server = await bed.listen({}, (peer) => {
    peer.on("error", () => {}).on("data", (chunk) => text += chunk);
  });
  const client = bed.track(new net.Socket()).on("error", () => {});
  client.connect(bed.transport.connectOptions(server));
  act(client);
  client.destroy();
  await event(client, "close");
  assert.equal(client.listenerCount("connect"), 0);
  client.connect(bed.transport.connectOptions(server));
  assert.equal(client.bytesWritten, 0);
  await event(client, "connect");
  return { client, text: () => text };
}

forEachTransport(
  "Socket.write() while connecting: what was not sent is not sent by the next connect",
  async (bed) => {
    const results: unknown[] = [];
    const { client, text } = await connectAgainAfter(bed, (client) => {
      client.write("old", (error) => {
        results.push((error as NodeJS.ErrnoException).code);
      });
    });
    client.write("new");
    for (let i = 0; i < 100 && text() === ""; i++) await turn();
    assert.equal(text(), "new");
    assert.equal(client.bytesWritten, 3);
    assert.deepEqual(results, ["ERR_SOCKET_CLOSED_BEFORE_CONNECTION"]);
  },
);

eachTcp(
  "Socket.resetAndDestroy() while connecting: does not reset the next connection",
  async (bed) => {
    const { client, text } = await connectAgainAfter(bed, (client) => {
      client.resetAndDestroy();
    });
    client.write("new");
    for (let i = 0; i < 100 && text() === ""; i++) await turn();
    assert.equal(text(), "new");
    assert.equal(client.destroyed, false);
  },
);

forEachTransport(
  "Socket.resume() while connecting: leaves no listener to the next connect",
  async (bed) => {
    const { client } = await connectAgainAfter(bed, (client) => {
      client.resume();
    });
    assert.equal(client.destroyed, false);
  },
);
