/**
 * TCP keep-alive as the kernel has it: the timer of the connection, read from
 * Linux's table of TCP sockets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type * as net from "../mod.ts";
import { Bed, type Pair } from "./helpers/net_helpers.ts";
import { tcp4 } from "./helpers/transports.ts";

const TABLE = "/proc/net/tcp";
const skip = existsSync(TABLE) ? false : "only Linux shows its TCP timers";

/** Ticks of the kernel's tables in a second. */
const TICKS = 100;

/** The timer column's code of a running keep-alive timer. */
const KEEP_ALIVE = "02";

/**
 * Seconds until the kernel probes the peer of `socket`, or `null` if it does
 * not.
 */
function secondsToProbe(socket: net.Socket): number | null {
  const hex = (port?: number) =>
    port!.toString(16).toUpperCase().padStart(4, "0");
  const ends = new RegExp(
    `:${hex(socket.localPort)} \\S+:${
      hex(socket.remotePort)
    } 01 \\S+ (..):(\\S+)`,
  );
  const [, timer, ticks] = ends.exec(readFileSync(TABLE, "utf8"))!;
  return timer === KEEP_ALIVE ? parseInt(ticks!, 16) / TICKS : null;
}

function keepAliveTest(
  name: string,
  options: { server?: net.ServerOpts; client?: object },
  fn: (pair: Pair) => void,
): void {
  test(name, { skip }, async () => {
    const bed = new Bed(tcp4);
    try {
      fn(await bed.pair(options));
    } finally {
      await bed.close();
    }
  });
}

/** Within a second of `delay`: the timer runs already. */
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
  skip,
}, async () => {
  const bed = new Bed(tcp4);
  try {
    const server = await bed.listen();
    const { Socket } = await import("../mod.ts");
    const client = bed.track(new Socket());
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
