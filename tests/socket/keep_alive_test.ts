/**
 * TCP keep-alive as the kernel sees it: the timer in Linux's table of TCP
 * sockets, and the options of the socket.
 *
 * @module
 */
import assert from "node:assert/strict";
import nodeNet from "node:net";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { Bed, event, type Pair } from "../helpers/net_helpers.ts";
import { runtimeName } from "../helpers/runtime.ts";
import {
  keepAliveOf,
  noOptions,
  noTable,
  secondsToProbe,
} from "../helpers/tcp_table.ts";
import { tcp4 } from "../helpers/transports.ts";

/**
 * On Deno and Bun they are set through the C library; Node has them from 24.19.
 */
const hasProbes = runtimeName === "node"
  ? nodeNet.Socket.prototype.setKeepAlive.length === 4
  : !noTable;

function keepAliveTest(
  name: string,
  options: { server?: net.ServerOpts; client?: object },
  fn: (pair: Pair) => void | Promise<void>,
  skip: string | false = noTable,
): void {
  test(name, { skip }, async () => {
    const bed = new Bed(tcp4);
    try {
      await fn(await bed.pair(options));
    } finally {
      await bed.close();
    }
  });
}

/** Within a second of `delay`, because the timer runs already. */
function assertProbe(socket: net.Socket, delay: number): void {
  const seconds = secondsToProbe(socket);
  assert.ok(
    seconds !== null && seconds <= delay && seconds > delay - 30,
    `${seconds} s to the first probe, not ${delay}`,
  );
}

keepAliveTest("Keep-alive: off where nobody asked for it", {}, (pair) => {
  assert.equal(secondsToProbe(pair.client), null);
  assert.equal(secondsToProbe(pair.peer), null);
});

keepAliveTest(
  "createServer({ keepAlive, keepAliveInitialDelay }): probes after the delay, in milliseconds",
  {
    server: { keepAlive: true, keepAliveInitialDelay: 300_000 },
  },
  (pair) => {
    assertProbe(pair.peer, 300);
    assert.equal(secondsToProbe(pair.client), null);
  },
);

keepAliveTest(
  "connect({ keepAlive, keepAliveInitialDelay }): probes after the delay, in milliseconds",
  {
    client: { keepAlive: true, keepAliveInitialDelay: 400_000 },
  },
  (pair) => {
    assertProbe(pair.client, 400);
    assert.equal(secondsToProbe(pair.peer), null);
  },
);

keepAliveTest(
  "Socket.setKeepAlive(): turns probes on, changes their delay, and turns them off",
  {},
  ({ client, peer }) => {
    for (const socket of [client, peer]) {
      assert.equal(socket.setKeepAlive(true, 500_000), socket);
      assertProbe(socket, 500);
      socket.setKeepAlive(true, 900_000);
      assertProbe(socket, 900);
      socket.setKeepAlive(false);
      assert.equal(secondsToProbe(socket), null);
    }
  },
);

keepAliveTest("Socket.setKeepAlive(): off for a server that has it on", {
  server: { keepAlive: true, keepAliveInitialDelay: 300_000 },
}, ({ peer }) => {
  peer.setKeepAlive(false);
  assert.equal(secondsToProbe(peer), null);
});

test("Socket.setKeepAlive(): before connect() counts for the connection", {
  skip: noTable,
}, async () => {
  const bed = new Bed(tcp4);
  try {
    const server = await bed.listen();
    const client = bed.track(new net.Socket());
    client.setKeepAlive(true, 600_000);
    await new Promise<void>((resolve) => {
      client.connect({
        ...bed.transport.connectOptions(server) as net.TcpSocketConnectOpts,
      }, resolve);
    });
    assertProbe(client, 600);
  } finally {
    await bed.close();
  }
});

keepAliveTest(
  "Socket.setKeepAlive(): without a delay uses the system's",
  {},
  ({ client }) => {
    client.setKeepAlive(true);
    const seconds = secondsToProbe(client);
    assert.ok(seconds !== null);
  },
);

keepAliveTest(
  "Socket.setKeepAlive(): an interval is how long the second probe waits",
  {},
  async ({ client }) => {
    client.setKeepAlive(true, 1000, 300_000, 5);
    let seconds;
    do {
      await new Promise((resolve) => setTimeout(resolve, 50));
      seconds = secondsToProbe(client) ?? 0;
    } while (seconds <= 1);
    assert.ok(seconds > 270 && seconds <= 300, `${seconds}`);
  },
  noTable || (!hasProbes && "the runtime's net does not have it"),
);

keepAliveTest(
  "Socket.setKeepAlive(): interval and count as Node sets them, or does not",
  {},
  async ({ server, client, peer }) => {
    for (
      const [args, expected] of [
        [[true, 60_000, 7000, 3], { delay: 60, interval: 7, count: 3 }],
        [[true, 60_000, 9000], { delay: 60, interval: 9, count: 10 }],
        [[true, 60_000, undefined, 4], { delay: 60, interval: 1, count: 4 }],
        [[true, 60_000, 2999.9, 4.5], { delay: 60, interval: 2, count: 10 }],
        [[{ enable: true, initialDelay: 50_000, interval: 8000, count: 2 }], {
          delay: 50,
          interval: 8,
          count: 2,
        }],
        // Too short for the system, which counts in seconds, so nothing
        // changes.
        [[true, 40_000, 999, 3], { delay: 50, interval: 8, count: 2 }],
        [[true, 40_000, 5000, 0], { delay: 50, interval: 8, count: 2 }],
        [[true, 999, 5000, 6], { delay: 50, interval: 8, count: 2 }],
        [[false, 40_000, 5000, 6], null],
      ] as const
    ) {
      const call = client.setKeepAlive as (...args: unknown[]) => net.Socket;
      assert.equal(call.apply(client, [...args]), client);
      assert.deepEqual(keepAliveOf(client), expected, JSON.stringify(args));
    }
    assert.equal(keepAliveOf(peer), null);

    const later = new net.Socket().setKeepAlive(true, 30_000, 4000, 2);
    later.connect(tcp4.connectOptions(server));
    await event(later, "connect");
    assert.deepEqual(keepAliveOf(later), { delay: 30, interval: 4, count: 2 });
    later.destroy();
  },
  noOptions,
);

keepAliveTest(
  "Socket.setKeepAlive(): says that interval and count are unavailable",
  {},
  async ({ server, client }) => {
    const unavailable = { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" };
    for (const probes of [{ interval: 5000 }, { count: 3 }]) {
      assert.throws(
        () =>
          client.setKeepAlive({ enable: true, initialDelay: 5000, ...probes }),
        unavailable,
      );
    }
    const later = new net.Socket().setKeepAlive(true, 5000, 5000, 3);
    later.connect(tcp4.connectOptions(server));
    const [error] = await event(later, "error");
    assert.equal((error as { code: string }).code, unavailable.code);
  },
  hasProbes && "the runtime has them",
);
