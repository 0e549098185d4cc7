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
  const events = on(server, "connection") as never as ConnectionEvents<Socket>;
  // An `on` of old does not know its option `close`, which does the same.
  const onClose = () => void events.return();
  server.on("close", onClose);
  const stop = () => void server.off("close", onClose);
  return {
    async next() {
      try {
        const { value, done } = await events.next();
        if (!done) return { value: value[0], done };
        stop();
        return { value, done };
      } catch (error) {
        stop();
        throw error;
      }
    },
    return() {
      stop();
      return events.return();
    },
    throw(error: Error) {
      const result = events.throw(error) as never;
      stop();
      return result;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
