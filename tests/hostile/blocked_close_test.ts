/**
 * A peer that does not read holds nothing of a connection that is destroyed,
 * not even its descriptor.
 *
 * @module
 */
import assert from "node:assert/strict";
import type * as net from "../../mod.ts";
import { noDescriptors, openSockets } from "../helpers/descriptors.ts";
import { closed, turn } from "../helpers/net_helpers.ts";
import { keepsBlockedPaths, mayTakeAnyWrite } from "../helpers/runtime.ts";
import { eachTcp, testOver, transports } from "../helpers/transports.ts";
import { until } from "./storm/wait.ts";

const CONNECTIONS = 6;
/** More than the system takes of a connection whose peer does not read. */
const LARGE = Buffer.alloc(16 << 20);

async function write(socket: net.Socket): Promise<void> {
  socket.on("error", () => {});
  assert.equal(socket.write(LARGE), false);
  await turn();
  assert.ok(socket.writableLength > 0);
}

for (const transport of transports) {
  testOver(
    transport,
    "Socket.destroy(): frees the descriptor while a write is blocked",
    async (bed) => {
      const clients: net.Socket[] = [];
      for (let i = 0; i < CONNECTIONS; i++) {
        const { client } = await bed.pair({ server: { pauseOnConnect: true } });
        await write(client);
        clients.push(client);
      }
      const open = openSockets();
      for (const client of clients) client.destroy();
      await Promise.all(clients.map(closed));
      // A runtime opens a pair of sockets for itself now and then.
      const isFree = () => openSockets() <= open - CONNECTIONS + 2;
      assert.ok(await until(isFree), `${openSockets()} of ${open}`);
    },
    noDescriptors || (transport.ipc && keepsBlockedPaths),
  );
}

eachTcp(
  "Socket.destroy(): a blocked peer reads what was sent, and then the end",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { pauseOnConnect: true },
    });
    await write(client);
    client.destroy();
    await closed(client);
    const outcome = new Promise((resolve) => {
      peer.on("end", () => resolve("end"));
      peer.on("error", resolve);
    });
    peer.resume();
    assert.equal(await outcome, "end");
    assert.ok(peer.bytesRead > 0 && peer.bytesRead < LARGE.length);
  },
  mayTakeAnyWrite,
);
