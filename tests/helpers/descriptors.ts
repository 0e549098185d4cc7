/**
 * The descriptors this process has open.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";
import { isDenoBefore } from "./runtime.ts";
import { noSecondTransport, type Transport } from "./transports.ts";

const FOLDER = "/proc/self/fd";

/** Why descriptors cannot be counted here, or `false`. */
export const noDescriptors: string | false =
  process.platform === "linux" && existsSync(FOLDER)
    ? false
    : "only Linux lists the descriptors of a process";

const UNIX_TABLE = "/proc/net/unix";

/**
 * How many descriptors a connection takes while it is read. Deno 2.8 needs
 * a second one for TCP, since it cannot cancel a read of its own.
 */
export function descriptorsOf(transport: Transport): number {
  if (transport.ipc || noSecondTransport) return 1;
  return isDenoBefore("2.9.0") ? 2 : 1;
}

/** The numbers of the open sockets, as `socket:[n]` shows them. */
function socketNumbers(): string[] {
  return readdirSync(FOLDER).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]/.exec(readlinkSync(`${FOLDER}/${name}`))?.[1] ??
        [];
    } catch {
      return []; // the descriptor that read the folder is closed by now
    }
  });
}

/** How many sockets are open. */
export function openSockets(): number {
  return socketNumbers().length;
}

/**
 * How many sockets are open that are no Unix sockets. A runtime opens pairs of
 * those for itself, whenever it likes.
 */
export function openNetworkSockets(): number {
  const numbers = new Set(socketNumbers());
  for (const line of readFileSync(UNIX_TABLE, "utf8").split("\n")) {
    numbers.delete(line.trim().split(/\s+/)[6]!);
  }
  return numbers.size;
}
