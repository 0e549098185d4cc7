/** What packages do with `_handle`: they close it, and replace its methods. */
import assert from "node:assert/strict";
import process from "node:process";
import * as net from "../../mod.ts";
import { closed, errorOf, event, turn } from "../helpers/net_helpers.ts";
import {
  eachTcp,
  forEachTransport,
  noSecondTransport,
  skipPathOfNet,
} from "../helpers/transports.ts";

interface Handle {
  close(): void;
  setNoDelay(on: boolean): unknown;
  onconnection(error: number, handle: object): void;
}

function handleOf(object: net.Socket | net.Server): Handle {
  return (object as unknown as { _handle: Handle })._handle;
}

forEachTransport(
  "Socket._handle.close(): a write fails with EBADF, and the peer sees the end",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.on("error", () => {}).resume();
    handleOf(client).close();
    const failing = errorOf(client);
    client.write("too late");
    // Windows has no descriptors.
    const code = process.platform === "win32" ? /^E(BADF|PIPE)$/ : /^EBADF$/;
    assert.match((await failing).code!, code);
    await closed(peer);
  },
  skipPathOfNet,
);

forEachTransport(
  "Socket._handle = null: takes the connection away, and a write fails",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.on("error", () => {}).resume();
    handleOf(client).close();
    (client as unknown as { _handle: null })._handle = null;
    const failing = errorOf(client);
    client.write("too late");
    assert.equal((await failing).code, "ERR_SOCKET_CLOSED");
    await closed(peer);
  },
);

eachTcp(
  "Socket._handle.setNoDelay: a method in its place is called, before and after 'connect'",
  async (bed) => {
    const server = await bed.listen();
    for (const isEarly of [true, false]) {
      const client = bed.connect(server);
      const calls: boolean[] = [];
      const replace = () => {
        handleOf(client).setNoDelay = (on) => void calls.push(on);
      };
      if (isEarly) {
        replace();
        client.setNoDelay(true);
        await event(client, "connect");
      } else {
        await event(client, "connect");
        replace();
        client.setNoDelay(true);
      }
      assert.deepEqual(calls, [true]);
      client.destroy();
    }
  },
  noSecondTransport,
);

forEachTransport(
  "Server._handle.onconnection: a function in its place is called",
  async (bed) => {
    const server = await bed.listen();
    const handle = handleOf(server);
    const original = handle.onconnection;
    let calls = 0;
    handle.onconnection = function (this: unknown, error, connection) {
      calls++;
      original.call(this, error, connection);
    };
    const accepting = event(server, "connection");
    bed.connect(server);
    await accepting;
    assert.equal(calls, 1);
  },
);

forEachTransport(
  "Socket.destroy(): 'close' comes after what setImmediate() calls",
  async (bed) => {
    const { client } = await bed.pair();
    const order: string[] = [];
    client.on("close", () => order.push("close"));
    // Of an immediate, Node closes before the next ones.
    await new Promise((resolve) => setTimeout(resolve, 1));
    client.destroy();
    setImmediate(() => order.push("immediate"));
    await closed(client);
    await turn();
    assert.deepEqual(order, ["immediate", "close"]);
  },
);
