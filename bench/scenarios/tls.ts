/**
 * Encrypted connections: messages, bulk, and the handshake. The runtime's own
 * `tls` does it over sockets of each contestant, at both ends.
 *
 * @module
 */
import type { ContestantName } from "../contestants/contestant.ts";
import { netModuleOf } from "../contestants/net.ts";
import { tlsContestant } from "../contestants/tls.ts";
import { connectAndClose } from "./connect.ts";
import { exchangeMessages } from "./ping_pong.ts";
import { ANY_PORT, scaled, type Scenario } from "./scenario.ts";
import { bytes, measureTransfer } from "./transfer.ts";

const WRITE = 64 * 1024;
const MIB = 1024 * 1024;
const HANDSHAKES = 4_000;
const LEAST = 200;

const base = { better: "higher", contestants: ["isonet", "builtin"] } as const;

async function contestantOf(name: ContestantName) {
  if (name === "isonet" || name === "builtin") {
    return tlsContestant(await netModuleOf(name));
  }
  throw new Error(`${name} does not take part`);
}

export const scenarios: readonly Scenario[] = [
  {
    ...base,
    name: "tls-messages",
    title: "TLS, ping-pong, 1 connection",
    unit: "messages/s",
    run: async (name, scale) =>
      await exchangeMessages(await contestantOf(name), scale, 1),
  },
  {
    ...base,
    name: "tls-bulk",
    title: "TLS, bulk, writes of 64 KiB",
    unit: "MiB/s",
    run: async (name, scale) => {
      const transfer = {
        worth: WRITE / MIB,
        count: 2048 * MIB / WRITE,
        job: bytes(WRITE),
      };
      return await measureTransfer(await contestantOf(name), transfer, scale);
    },
  },
  {
    ...base,
    name: "tls-handshake",
    title: "TLS, connect, handshake and close",
    unit: "connections/s",
    run: async (name, scale) => {
      const count = scaled(HANDSHAKES, scale, LEAST);
      return await connectAndClose(await contestantOf(name), ANY_PORT, count);
    },
  },
];
