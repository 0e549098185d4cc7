/**
 * The connections of a server as an async iterator.
 *
 * @module
 */
import { type EventEmitter, on } from "node:events";

/** What `events.on` returns for `'connection'`. */
interface ConnectionEvents<Socket> {
  next(): Promise<IteratorResult<[Socket], undefined>>;
  return(): Promise<IteratorReturnResult<undefined>>;
  /** Makes the next `next()` reject; returns nothing. */
  throw(error: Error): undefined;
}

/**
 * Iterates over the sockets that a server accepts from now on. Sockets that
 * arrive faster than they are asked for are kept.
 *
 * @param server Its `'connection'` events are iterated over.
 * @returns An iterator that ends with `'close'` and throws on `'error'`.
 */
export function acceptedSockets<Socket>(
  server: EventEmitter,
): AsyncIterableIterator<Socket> {
  const events: ConnectionEvents<Socket> = on(server, "connection", {
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
