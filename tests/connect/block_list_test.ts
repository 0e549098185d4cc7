/**
 * `connect({ blockList })`: addresses that a socket must not connect to.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as net from "../../mod.ts";
import { attempt } from "./attempts.ts";
import { fields } from "../helpers/system_errors.ts";
import { portOf, tcpTest } from "../helpers/transports.ts";

/** A block list of these addresses. */
function blocking(...addresses: string[]): net.BlockList {
  const blockList = new net.BlockList();
  for (const address of addresses) {
    blockList.addAddress(address, net.isIPv6(address) ? "ipv6" : "ipv4");
  }
  return blockList;
}

function blocked(address: string): object {
  return {
    name: "Error",
    message: `IP(${address}) is blocked by net.BlockList`,
    code: "ERR_IP_BLOCKED",
  };
}

tcpTest(
  "connect({ blockList }): ERR_IP_BLOCKED of an address on it, without a connection",
  async (bed) => {
    const server = await bed.listen();
    server.on("connection", () => assert.fail("no 'connection'"));
    const port = portOf(server);
    for (const options of [{ host: "127.0.0.1" }, {}]) {
      const { events, done } = attempt(bed, port, ["127.0.0.1"], {
        blockList: blocking("127.0.0.1"),
        ...options,
      });
      await done;
      const error = events[1]![1] as Error;
      assert.deepEqual(events, [
        ["connectionAttempt", "127.0.0.1", port, 4],
        ["error", error],
        ["close", true],
      ]);
      assert.deepEqual(fields(error), blocked("127.0.0.1"));
    }
  },
);

tcpTest(
  "connect({ blockList }): the next address is tried where one is blocked",
  async (bed) => {
    const port = portOf(await bed.listen());
    const { socket, events, done } = attempt(bed, port, ["::1", "127.0.0.1"], {
      blockList: blocking("::1"),
    });
    await done;
    const error = events[0]!.at(-1) as Error;
    assert.deepEqual(events, [
      ["connectionAttemptFailed", "::1", port, 6, error],
      ["connectionAttempt", "127.0.0.1", port, 4],
      ["connect"],
    ]);
    assert.deepEqual(fields(error), blocked("::1"));
    assert.deepEqual(socket.autoSelectFamilyAttemptedAddresses, [
      `127.0.0.1:${port}`,
    ]);
  },
);

tcpTest(
  "connect({ blockList }): an AggregateError if every address is blocked",
  async (bed) => {
    const port = portOf(await bed.listen());
    const { socket, events, done } = attempt(bed, port, ["::1", "127.0.0.1"], {
      blockList: blocking("::1", "127.0.0.1"),
    });
    await done;
    assert.deepEqual(events.map(([name]) => name), [
      "connectionAttemptFailed",
      "connectionAttemptFailed",
      "error",
      "close",
    ]);
    const error = events[2]![1] as AggregateError & { code: string };
    assert.equal(error.code, "ERR_IP_BLOCKED");
    assert.deepEqual(error.errors.map(fields), [
      blocked("::1"),
      blocked("127.0.0.1"),
    ]);
    assert.deepEqual(socket.autoSelectFamilyAttemptedAddresses, []);
  },
);

tcpTest(
  "connect({ blockList }): an address not on it is connected to",
  async (bed) => {
    const port = portOf(await bed.listen());
    const { events, done } = attempt(bed, port, ["127.0.0.1"], {
      blockList: blocking("127.0.0.9", "::1"),
    });
    await done;
    assert.deepEqual(events.at(-1), ["connect"]);
  },
);
