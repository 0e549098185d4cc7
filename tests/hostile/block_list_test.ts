/**
 * The ways to this machine that a block list of its loopback addresses must
 * name besides 127.0.0.0/8 and ::1.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { Bed } from "../helpers/net_helpers.ts";
import { noIPv6, portOf, tcp4 } from "../helpers/transports.ts";

/** Blocked by 127.0.0.0/8 and ::1. */
const LOOPBACK = [
  "127.0.0.1",
  "127.1.2.3",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "localhost",
];
/** Lead here as well: the system takes them for the loopback. */
const UNSPECIFIED = ["0.0.0.0", "::", "::ffff:0.0.0.0"];

function loopback(): net.BlockList {
  const list = new net.BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addAddress("::1", "ipv6");
  return list;
}

/** `"connected"`, or the code of the error. */
function outcome(
  host: string,
  port: number,
  blockList: net.BlockList,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, blockList });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code!));
    socket.on("connect", () => {
      socket.destroy();
      resolve("connected");
    });
  });
}

async function outcomes(
  hosts: readonly string[],
  list: net.BlockList,
): Promise<string[]> {
  const bed = new Bed(tcp4);
  const server = bed.createServer({}, (peer) => peer.on("error", () => {}));
  server.listen(0, "::");
  await new Promise((resolve) => server.once("listening", resolve));
  const found: string[] = [];
  for (const host of hosts) {
    found.push(await outcome(host, portOf(server), list));
  }
  await bed.close();
  return found;
}

test(
  "connect({ blockList }): 127.0.0.0/8 and ::1 leave the unspecified addresses open",
  {
    skip: noIPv6 ||
      process.platform === "win32" && "the system refuses these addresses",
  },
  async () => {
    const list = loopback();
    const open = new Set(await outcomes(UNSPECIFIED, list));
    assert.deepEqual([...open], ["connected"]);
  },
);

test(
  "connect({ blockList }): with 0.0.0.0/8 and ::, no way leads to this machine",
  {
    skip: noIPv6,
  },
  async () => {
    const list = loopback();
    list.addSubnet("0.0.0.0", 8, "ipv4");
    list.addAddress("::", "ipv6");
    const closed = new Set(await outcomes([...LOOPBACK, ...UNSPECIFIED], list));
    assert.deepEqual([...closed], ["ERR_IP_BLOCKED"]);
  },
);
