/**
 * A peer that resets its connection before the server accepts it: announced,
 * and then an `ECONNRESET`.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import type { AddressInfo, Server, Socket } from "../../mod.ts";
import { errorOf, event, record, turn } from "../helpers/net_helpers.ts";
import { runFixtureSync } from "../helpers/spawn.ts";
import { tcpTest } from "../helpers/transports.ts";

/** Why such a peer is one that was accepted before, if so. */
const acceptsBefore = process.platform === "win32" &&
  "Windows accepts for the program, before it is asked";

/** A peer connects and resets. No turn passes here, so nothing is accepted. */
function connectAndReset(server: Server): void {
  const { port, address } = server.address() as AddressInfo;
  const { status, stderr } = runFixtureSync("server/connect_and_reset", {
    args: [String(port), address],
  });
  assert.equal(status, 0, stderr);
}

tcpTest(
  "Server: a peer that resets before it is accepted is announced, then fails",
  async (bed) => {
    const server = await bed.listen({ pauseOnConnect: true });
    const accepted = event(server, "connection");
    connectAndReset(server);
    const [peer] = await accepted as [Socket];
    assert.equal(peer.remoteAddress, undefined);
    const log = record(peer, ["end", "error", "close"]);
    const failed = errorOf(peer);
    peer.resume();
    const { code, syscall } = await failed;
    assert.deepEqual({ code, syscall }, {
      code: "ECONNRESET",
      syscall: "read",
    });
    await event(peer, "close");
    await turn();
    assert.deepEqual(log, ["error", "close"]);
  },
  acceptsBefore,
);

tcpTest(
  "Server: after a peer that resets before it is accepted, others are served",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.on("error", () => {});
      peer.end("hello");
    });
    for (let i = 0; i < 3; i++) connectAndReset(server);
    const client = bed.connect(server);
    const [greeting] = await event(client, "data");
    assert.equal(String(greeting), "hello");
    await event(client, "close");
  },
);

tcpTest(
  "Server: destroying and writing to such a connection only closes it",
  async (bed) => {
    const server = await bed.listen({ pauseOnConnect: true });
    const accepted = event(server, "connection");
    connectAndReset(server);
    const [peer] = await accepted as [Socket];
    const failed = errorOf(peer);
    peer.write("too late");
    const { syscall } = await failed;
    assert.ok(syscall === "write" || syscall === "read");
    await event(peer, "close");
    const connections = await new Promise((resolve) =>
      server.getConnections((_error, count) => resolve(count))
    );
    assert.equal(connections, 0);
  },
  acceptsBefore,
);
