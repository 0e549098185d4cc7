import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import {
  closed,
  errorOf,
  event,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { mayTakeAnyWrite, takesResetsForEnds } from "../helpers/runtime.ts";
import { eachTcp, ipcTest } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";

/** The error of a socket whose peer sends a RST while it reads. */
function assertReset(error: NodeJS.ErrnoException): void {
  assert.equal(error.code, "ECONNRESET");
  assert.equal(error.syscall, "read");
  assert.equal(error.message, "read ECONNRESET");
  assert.ok(error.errno !== undefined && error.errno < 0);
}

eachTcp(
  "Socket.resetAndDestroy(): on a client, the server's side sees ECONNRESET",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const log = record(client, ["error", "end", "finish", "close"]);
    const theirs = record(peer, ["error", "end", "finish", "close"]);
    peer.resume();
    const failed = errorOf(peer);
    assert.equal(client.resetAndDestroy(), client);
    assert.equal(client.destroyed, true);
    assertReset(await failed);
    assert.equal(await closed(client), false);
    assert.equal(await closed(peer), true);
    assert.deepEqual(log, ["close"]);
    assert.deepEqual(theirs, ["error", "close"]);
  },
);

eachTcp(
  "Socket.resetAndDestroy(): on the server's side, the client sees ECONNRESET",
  async (bed) => {
    const { client, peer } = await bed.pair();
    client.resume();
    const failed = errorOf(client);
    peer.resetAndDestroy();
    assertReset(await failed);
    assert.equal(await closed(client), true);
    assert.equal(await closed(peer), false);
  },
);

eachTcp("Socket.resetAndDestroy(): in the connection listener", async (bed) => {
  const server = await bed.listen({}, (peer) => peer.resetAndDestroy());
  const client = bed.connect(server);
  // The RST may arrive before the client knows that it is connected.
  const { code, syscall } = await errorOf(client);
  assert.equal(code, "ECONNRESET");
  assert.ok(syscall === "read" || syscall === "connect");
  assert.equal(await closed(client), true);
});

eachTcp("Socket.resetAndDestroy(): after data both ways", async (bed) => {
  const { client, peer } = await bed.pair();
  peer.on("data", (chunk: Buffer) => peer.write(chunk));
  client.write("ping");
  await event(client, "data");
  const failed = errorOf(peer);
  client.resetAndDestroy();
  assertReset(await failed);
  assert.equal(client.bytesWritten, 4);
  assert.equal(client.bytesRead, 4);
});

eachTcp(
  "Socket.resetAndDestroy(): on a half-closed connection",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    client.resume();
    peer.resume();
    client.end();
    await event(peer, "end");
    const failed = errorOf(client);
    peer.resetAndDestroy();
    assertReset(await failed);
  },
);

eachTcp(
  "Socket.resetAndDestroy(): right after end(), closes both sides",
  async (bed) => {
    for (const later of [(reset: () => void) => reset(), process.nextTick]) {
      for (const who of ["client", "peer"] as const) {
        const pair = await bed.pair();
        const socket = pair[who];
        const other = pair[who === "client" ? "peer" : "client"];
        const log = record(socket, ["error", "close"]);
        // It sees the FIN, or the RST if that came first.
        other.on("error", () => {}).resume();
        socket.end("bye");
        later(() => socket.resetAndDestroy());
        assert.equal(await closed(socket), false);
        await closed(other);
        assert.deepEqual(log, ["close"]);
      }
    }
  },
);

eachTcp(
  "Socket.resetAndDestroy(): with writes that wait, they fail and are dropped",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.pause();
    peer.on("error", () => {});
    const size = 32 << 20;
    const failures: (string | undefined)[] = [];
    const note = (error?: Error | null) => {
      failures.push((error as NodeJS.ErrnoException)?.code);
    };
    client.write(Buffer.alloc(size), note);
    client.write("more", note);
    await turn();
    client.resetAndDestroy();
    assert.equal(await closed(client), false);
    assert.deepEqual(failures, ["ECANCELED", "ECANCELED"]);
    // What the peer sees is the next test.
    peer.resume();
    await closed(peer);
    assert.ok(peer.bytesRead < size);
  },
  mayTakeAnyWrite,
);

unless(takesResetsForEnds).eachTcp(
  "Socket.resetAndDestroy(): with data that is not there yet, is no end",
  async (bed) => {
    for (const hasEnded of [false, true]) {
      const { client, peer } = await bed.pair({
        server: { allowHalfOpen: true },
        client: { allowHalfOpen: true },
      });
      const log = record(client, ["end", "error", "close"]);
      if (hasEnded) {
        client.end();
        await event(peer.resume(), "end");
      }
      const size = 8 << 20;
      peer.end(Buffer.alloc(size)).on("error", () => {});
      const failed = errorOf(client);
      client.once("data", () => peer.resetAndDestroy());
      assertReset(await failed);
      assert.equal(await closed(client), true);
      assert.ok(client.bytesRead < size);
      assert.deepEqual(log, ["error", "close"]);
    }
  },
  mayTakeAnyWrite,
);

eachTcp(
  "Socket.resetAndDestroy(): while connecting waits for the connection",
  async (bed) => {
    const server = await bed.listen();
    const failed = event(server, "connection").then(([peer]) =>
      errorOf((peer as net.Socket).resume())
    );
    const client = bed.connect(server);
    const log = record(client, ["connect", "ready", "error", "close"]);
    client.resetAndDestroy();
    assert.equal(client.destroyed, false);
    assert.equal(client.connecting, true);
    assert.equal(await closed(client), false);
    assert.deepEqual(log, ["connect", "ready", "close"]);
    assertReset(await failed);
  },
);

test("Socket.resetAndDestroy(): on a socket that never connected, ERR_SOCKET_CLOSED", async () => {
  const socket = new net.Socket();
  const log = record(socket, ["error", "close"]);
  const failed = errorOf(socket);
  assert.equal(socket.resetAndDestroy(), socket);
  const error = await failed;
  assert.equal(error.code, "ERR_SOCKET_CLOSED");
  assert.equal(error.message, "Socket is closed");
  await turn();
  assert.deepEqual(log, ["error", "close"]);
});

eachTcp(
  "Socket.resetAndDestroy(): after destroy() does nothing more",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.on("error", () => {});
    peer.resume();
    const log = record(client, ["error", "close"]);
    client.destroy();
    assert.equal(client.resetAndDestroy(), client);
    assert.equal(await closed(client), false);
    assert.equal(client.resetAndDestroy(), client);
    await turn();
    assert.deepEqual(log, ["close"]);
  },
);

eachTcp("Socket.resetAndDestroy(): twice is once", async (bed) => {
  const { client, peer } = await bed.pair();
  peer.resume();
  const log = record(client, ["error", "close"]);
  const failed = errorOf(peer);
  client.resetAndDestroy();
  client.resetAndDestroy();
  assertReset(await failed);
  assert.equal(await closed(client), false);
  await turn();
  assert.deepEqual(log, ["close"]);
});

ipcTest(
  "Socket.resetAndDestroy(): on a path, ERR_INVALID_HANDLE_TYPE",
  async (bed) => {
    const { client, peer } = await bed.pair();
    for (const socket of [client, peer]) {
      assert.throws(() => socket.resetAndDestroy(), {
        name: "TypeError",
        code: "ERR_INVALID_HANDLE_TYPE",
        message: "This handle type cannot be sent",
      });
      assert.equal(socket.destroyed, false);
    }
    const connecting = bed.connect(
      await bed.listen(),
    );
    assert.throws(() => connecting.resetAndDestroy(), {
      code: "ERR_INVALID_HANDLE_TYPE",
    });
    client.destroy();
  },
);

eachTcp(
  "Server: a reset right after the connection does not harm it",
  async (bed) => {
    const errors: (string | undefined)[] = [];
    const server = await bed.listen({}, (peer) => {
      peer.on(
        "error",
        (error: NodeJS.ErrnoException) => errors.push(error.code),
      );
      peer.resume();
    });
    for (let i = 0; i < 5; i++) {
      const accepted = event(server, "connection");
      const client = bed.connect(server);
      await event(client, "connect");
      client.resetAndDestroy();
      const [peer] = await accepted as [net.Socket];
      await Promise.all([closed(client), closed(peer)]);
    }
    assert.deepEqual(errors, Array(5).fill("ECONNRESET"));
    assert.equal(server.listening, true);
  },
);
