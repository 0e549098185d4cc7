/**
 * How many descriptors a connection takes.
 *
 * @module
 */
import assert from "node:assert/strict";
import type * as net from "../../mod.ts";
import {
  descriptorsOf,
  noDescriptors,
  openSockets,
} from "../helpers/descriptors.ts";
import { event } from "../helpers/net_helpers.ts";
import { forEachTransport } from "../helpers/transports.ts";

forEachTransport(
  "net.connect(): takes one descriptor for each end",
  async (bed) => {
    const { client, peer, server } = await bed.pair();
    const before = openSockets();
    const accepted = event(server, "connection");
    const second = bed.connect(server);
    await event(second, "connect");
    const [secondPeer] = await accepted as [net.Socket];
    for (const socket of [second, secondPeer, client, peer]) {
      socket.on("data", () => {}).write("seen");
    }
    await event(second, "data");
    assert.equal(openSockets() - before, 2 * descriptorsOf(bed.transport));
  },
  noDescriptors,
);
