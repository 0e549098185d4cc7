/**
 * Many connections that were opened and closed leave nothing behind: no
 * descriptor, no timer, no connection that the server still counts.
 *
 * `ISONET_LEAK=10000` sets the number of connections over each transport.
 *
 * @module
 */
import { activeTimers, startedTimers } from "../helpers/timers.ts"; // first
import assert from "node:assert/strict";
import process from "node:process";
import * as net from "../../mod.ts";
import { connectionsOf } from "../helpers/connects.ts";
import { fullListener } from "../connect/full_listener.ts";
import { noDescriptors, openSockets } from "../helpers/descriptors.ts";
import { isCollected } from "../helpers/garbage.ts";
import { type Bed, closed, event, turn } from "../helpers/net_helpers.ts";
import { isBunBefore } from "../helpers/runtime.ts";
import {
  eachTcp,
  forEachTransport,
  noBinding,
  portOf,
  tcpTest,
} from "../helpers/transports.ts";

// Only the tests read the environment; the package does not.
const TOTAL = Number(process.env.ISONET_LEAK ?? 700);
const AT_ONCE = 20;

interface Counts {
  sockets: number | null;
  timers: number;
}

function counts(): Counts {
  return {
    sockets: noDescriptors ? null : openSockets(),
    timers: activeTimers(),
  };
}

/**
 * Descriptors are closed a little after 'close': wait for that, but not
 * forever.
 */
async function assertBackTo(before: Counts): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const { sockets, timers } = counts();
    if (
      (sockets ?? 0) <= (before.sockets ?? 0) &&
      timers <= before.timers
    ) return;
    await turn();
  }
  assert.deepEqual(counts(), before);
}

/** Runs `life` for every connection, a few at a time. */
async function connections(
  bed: Bed,
  life: (socket: net.Socket) => Promise<unknown>,
  onConnection: (peer: net.Socket) => void,
): Promise<void> {
  // This server is not the bed's, which would keep every socket until the end.
  const server = net.createServer(onConnection);
  server.listen(bed.transport.listenOptions());
  await event(server, "listening");
  const before = counts();
  const startedBefore = startedTimers();
  let left = TOTAL;
  const runs = Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const options = bed.transport.connectOptions(server);
      await life(net.connect({ timeout: 60_000, ...options }));
    }
  });
  try {
    await Promise.all(runs);
    assert.ok(startedTimers() - startedBefore >= TOTAL);
    await assertBackTo(before);
    for (let i = 0; i < 200 && await connectionsOf(server) > 0; i++) {
      await turn();
    }
    assert.equal(await connectionsOf(server), 0);
  } finally {
    left = 0;
    server.close();
  }
}

forEachTransport("Sockets: ended by both sides leave nothing", async (bed) => {
  await connections(bed, async (socket) => {
    socket.resume().end("bye");
    assert.equal(await closed(socket), false);
  }, (peer) => {
    peer.setTimeout(60_000);
    peer.resume();
  });
});

forEachTransport(
  "Sockets: destroyed by the client leave nothing",
  async (bed) => {
    await connections(bed, async (socket) => {
      // Wait until it is accepted; otherwise the listener's backlog overflows.
      await event(socket, "data");
      socket.destroy();
      await closed(socket);
    }, (peer) => {
      peer.setTimeout(60_000);
      peer.on("error", () => {}).resume().write("hello");
    });
  },
);

forEachTransport(
  "Sockets: destroyed by the server leave nothing",
  async (bed) => {
    await connections(bed, async (socket) => {
      socket.on("error", () => {}).resume();
      await closed(socket);
    }, (peer) => peer.setTimeout(60_000).destroy());
  },
);

eachTcp("Sockets: reset leave nothing", async (bed) => {
  await connections(bed, async (socket) => {
    socket.on("error", () => {}).resume();
    assert.equal(await closed(socket), true);
  }, (peer) => peer.resetAndDestroy());
});

forEachTransport(
  "Sockets: destroyed while they connect leave nothing",
  async (bed) => {
    const server = await bed.listen(
      {},
      (peer) => peer.on("error", () => {}).resume(),
    );
    const before = counts();
    for (let i = 0; i < TOTAL / 4; i++) {
      const socket = net.connect(bed.transport.connectOptions(server));
      socket.destroy();
      await closed(socket);
    }
    await assertBackTo(before);
  },
);

forEachTransport("Sockets: refused leave nothing", async (bed) => {
  const server = await bed.listen();
  const options = bed.transport.connectOptions(server);
  await new Promise((resolve) => server.close(resolve));
  const before = counts();
  for (let i = 0; i < TOTAL / 4; i++) {
    const socket = net.connect({ timeout: 60_000, ...options });
    socket.on("error", () => {});
    assert.equal(await closed(socket), true);
  }
  await assertBackTo(before);
});

forEachTransport(
  "BoundSockets: closed, or given up before they served, leave nothing",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.on("error", () => {}));
    const to = bed.transport.connectOptions(server);
    const bind = () => new net.BoundSocket(bed.transport.listenOptions());
    const answer = (_host: string, _options: object, callback: unknown) =>
      (callback as (...args: unknown[]) => void)(null, "::1", 4);
    const before = counts();
    for (let i = 0; i < 20; i++) {
      bind().close();
      const ways: (object | undefined)[] = [
        undefined, // never connects
        { ...to, host: "a.name", lookup: () => {} }, // waits for its address
        { ...to, host: "a.name", lookup: answer }, // of the other family
      ];
      for (const options of ways) {
        const socket = new net.Socket({ handle: bind() });
        socket.on("error", () => {});
        if (options) socket.connect(options as net.NetConnectOpts);
        socket.destroy();
        await closed(socket);
      }
    }
    await assertBackTo(before);
  },
  noBinding,
);

forEachTransport("Servers: dropped connections leave nothing", async (bed) => {
  const server = await bed.listen();
  server.maxConnections = 0;
  const before = counts();
  for (let i = 0; i < TOTAL / 4; i++) {
    const socket = net.connect(bed.transport.connectOptions(server));
    socket.on("error", () => {}).resume();
    await closed(socket);
  }
  await assertBackTo(before);
});

forEachTransport("Servers: opened and closed leave nothing", async (bed) => {
  const before = counts();
  for (let i = 0; i < TOTAL / 4; i++) {
    const server = net.createServer();
    server.listen(bed.transport.listenOptions());
    await event(server, "listening");
    server.close();
    await event(server, "close");
  }
  await assertBackTo(before);
});

/** Connects with a listener that holds the only reference to an object. */
function connectKnowing(
  bed: Bed,
  server: net.Server,
): { socket: net.Socket; known: WeakRef<object> } {
  const object = {};
  const socket = net.connect(
    bed.transport.connectOptions(server) as net.NetConnectOpts,
    () => assert.ok(object),
  );
  return { socket: bed.track(socket), known: new WeakRef(object) };
}

forEachTransport(
  "connect(): once connected, its listener and what it knows are let go of",
  async (bed) => {
    const server = await bed.listen();
    const { socket, known } = connectKnowing(bed, server);
    await event(socket, "connect");
    assert.ok(await isCollected(known));
    assert.equal(socket.readyState, "open");
  },
);

/** A socket that its connect alone holds. */
type Connect = () => WeakRef<net.Socket>;

/**
 * Whether a socket is held until it is destroyed, and no longer.
 *
 * @param isKept Whether the runtime keeps it even then.
 */
async function assertHeld(connect: Connect, isKept = false): Promise<void> {
  // A stack may hold one of them, on Bun.
  const held = [connect(), connect(), connect()];
  assert.equal(await isCollected(held[0]!), false);
  for (const socket of held) socket.deref()!.destroy();
  if (isKept) return;
  const collected = await Promise.all(held.map(isCollected));
  assert.ok(collected.includes(true));
}

tcpTest("a socket whose lookup takes long is not collected", async (bed) => {
  const server = await bed.listen();
  const lookup: net.LookupFunction = (_host, _options, _callback) => {};
  await assertHeld(() =>
    new WeakRef(net.connect({ port: portOf(server), host: "name", lookup }))
  );
});

/** Runs `fn` with the address of a peer that does not answer. */
async function withoutAnswer(
  fn: (options: { port: number; host: string }) => Promise<void>,
): Promise<void> {
  const host = "127.0.0.1";
  const full = await fullListener(host);
  try {
    await fn({ port: full.port, host });
  } finally {
    await full.close();
  }
}

const addresses = [1, 2].map(() => ({ address: "127.0.0.1", family: 4 }));

/** Bun before 1.4 does not let go of a connect that was given up. */
const keepsAborted = isBunBefore("1.4.0");

/** Options of a connect, and what it is then. */
const connects: Record<string, object> = {
  "to an address": {},
  "from an address": { localAddress: "127.0.0.1" },
  "to one of several addresses": {
    host: "name",
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 60_000,
    lookup:
      ((_host, _options, callback) =>
        callback(null, addresses)) as net.LookupFunction,
  },
};

for (const [how, options] of Object.entries(connects)) {
  tcpTest(
    `a socket that waits for an answer is not collected: ${how}`,
    () =>
      withoutAnswer((address) =>
        assertHeld(
          () => new WeakRef(net.connect({ ...address, ...options })),
          keepsAborted,
        )
      ),
    how === "from an address" && noBinding,
  );
}

tcpTest(
  "a socket that waits for an answer and that nobody holds times out",
  () =>
    withoutAnswer(async (address) => {
      const events: string[] = [];
      const connect = () => {
        const socket = net.connect(address).setTimeout(300);
        socket.on("timeout", () => events.push("timeout") && socket.destroy());
        socket.on("close", () => events.push("close"));
        return new WeakRef(socket);
      };
      await isCollected(connect()); // in the end, as it is closed then
      while (!events.includes("close")) await turn();
      assert.deepEqual(events, ["timeout", "close"]);
    }),
);
