/**
 * Destroying a socket while it connects, at every stage: nothing stays open.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { noDescriptors, openSockets } from "../helpers/descriptors.ts";
import { closed, turn } from "../helpers/net_helpers.ts";
import { forEachTransport } from "../helpers/transports.ts";

/** Wait this many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

forEachTransport(
  "Socket.destroy(): while connecting, at any moment, leaves nothing open",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.on("error", () => {}).resume();
    });
    const before = noDescriptors ? 0 : openSockets();
    for (let round = 0; round < 400; round++) {
      const client = bed.connect(server).on("error", () => {});
      await turns(round % 8);
      client.destroy();
      await closed(client);
    }
    const count = () =>
      new Promise<number>((resolve) =>
        server.getConnections((_error, found) => resolve(found))
      );
    // Both ends close in their own time.
    for (let i = 0; i < 500 && await count() > 0; i++) await turn();
    assert.equal(await count(), 0);
    if (noDescriptors) return;
    for (let i = 0; i < 500 && openSockets() > before; i++) await turn();
    assert.equal(openSockets(), before);
  },
);
