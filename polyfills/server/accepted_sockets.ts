/**
 * The connections of a server as an async iterator.
 *
 * @module
 */
import { on } from "node:events";
import type { Server } from "./server.ts";
import type { Socket } from "../socket/socket.ts";

/** What `events.on` gives for `'connection'`. */
interface ConnectionEvents {
  next(): Promise<IteratorResult<[Socket], undefined>>;
  return(): Promise<IteratorReturnResult<undefined>>;
  /** Makes the next `next()` reject; returns nothing. */
  throw(error: Error): undefined;
}

/**
 * Iterates over the sockets that `server` accepts from now on, those that
 * nobody has asked for yet being kept; ends with `'close'`, throws on
 * `'error'`.
 */
export function acceptedSockets(server: Server): AsyncIterableIterator<Socket> {
  const events: ConnectionEvents = on(server, "connection", {
    close: ["close"],
  }) as never;
  return {
    async next() {
      const { value, done } = await events.next();
      return done ? { value, done } : { value: value[0], done: false };
    },
    return: () => events.return(),
    throw: (error: Error) => events.throw(error) as never,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
