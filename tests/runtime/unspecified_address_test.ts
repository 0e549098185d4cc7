/**
 * Connecting to the unspecified address leads to this machine: by the system,
 * or by the package on Windows.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { connectableAddress } from "../../runtime/common/unspecified_address.ts";
import { Bed, event } from "../helpers/net_helpers.ts";
import { noIPv6, portOf, tcp4 } from "../helpers/transports.ts";

test("connectableAddress(): the loopback of the family, and plain IPv4, on Windows", () => {
  const addresses = ["0.0.0.0", "::", "127.0.0.2", "::1", "::ffff:1.2.3.4"];
  const found = addresses.map((address) => [
    connectableAddress(address, "win32"),
    connectableAddress(address, "linux"),
  ]);
  assert.deepEqual(found, [
    ["127.0.0.1", "0.0.0.0"],
    ["::1", "::"],
    ["127.0.0.2", "127.0.0.2"],
    ["::1", "::1"],
    ["1.2.3.4", "::ffff:1.2.3.4"],
  ]);
});

for (const [host, reached] of [["0.0.0.0", "127.0.0.1"], ["::", "::1"]]) {
  test(`connect(): to ${host} leads to ${reached}`, {
    skip: host === "::" && noIPv6,
  }, async () => {
    const bed = new Bed(tcp4);
    const server = bed.createServer();
    server.listen(0, reached);
    await event(server, "listening");
    const client = bed.track(net.connect(portOf(server), host!));
    await event(client, "connect");
    // Wine gives no other address than the one that was asked for.
    if (process.platform !== "win32") {
      assert.equal(client.remoteAddress, reached);
    }
    await bed.close();
  });
}
