/**
 * A socket that connects to a name with several addresses, and a log of its
 * events.
 *
 * @module
 */
import * as net from "../../mod.ts";
import { type Bed, closed, event } from "../helpers/net_helpers.ts";

/** The name that has the addresses. */
export const HOST = "name.test";

/** A lookup that answers with these addresses. */
function lookup(...addresses: string[]): net.LookupFunction {
  return (_hostname, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: net.isIP(address) })),
    );
  };
}

const attemptEvents = [
  "connectionAttempt",
  "connectionAttemptFailed",
  "connectionAttemptTimeout",
];

/** A socket that tries its addresses. */
export interface Attempts {
  readonly socket: net.Socket;
  /** The events of the attempts, and `'connect'`, `'error'`, `'close'`. */
  readonly events: unknown[][];
  /** Resolves at `'connect'` or `'close'`. */
  readonly done: Promise<unknown>;
}

/** Connects to `port` on a name that has these addresses. */
export function attempt(
  bed: Bed,
  port: number,
  addresses: string[],
  options: object = {},
): Attempts {
  const socket = bed.track(new net.Socket(options));
  const events: unknown[][] = [];
  for (const name of [...attemptEvents, "connect", "error", "close"]) {
    socket.on(name, (...args: unknown[]) => events.push([name, ...args]));
  }
  const done = Promise.race([event(socket, "connect"), closed(socket)]);
  socket.connect({
    port,
    host: HOST,
    autoSelectFamily: true,
    // Far longer than any system takes to refuse.
    autoSelectFamilyAttemptTimeout: 5000,
    lookup: lookup(...addresses),
    ...options,
  });
  return { socket, events, done };
}
