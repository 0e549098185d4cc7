/**
 * The functions that Bun calls: one set for every socket of the Bun backend.
 * They pass each call on to the object in `socket.data`.
 *
 * @module
 */
import { throwUncaught } from "../common/guarded_sinks.ts";
import type { BunHandlers, BunSocket } from "./api.ts";

/** The object behind a socket: a listener, an attempt or a connection. */
export interface BunSocketOwner {
  /** Connected or accepted. A connection is open already. */
  onOpen?(socket: BunSocket<BunSocketOwner>): void;
  /** Connecting failed. */
  onConnectError?(error: Error): void;
  /** Bytes arrived. */
  onData(chunk: Uint8Array): void;
  /** The system accepts bytes again. */
  onDrain(): void;
  /** The peer's FIN. */
  onEnd(): void;
  /** The native socket is gone. */
  onClose(error: Error | undefined): void;
}

/**
 * Shared by all sockets, so that none needs closures; `data` has the state. It
 * is gone once `process.send()` has passed the socket on.
 */
export const handlers: BunHandlers<BunSocketOwner> = {
  open: (socket) => socket.data.onOpen?.(socket),
  data: (socket, chunk) => {
    try {
      socket.data?.onData(chunk);
    } catch (error) {
      throwUncaught(error);
    }
  },
  drain: (socket) => socket.data?.onDrain(),
  end: (socket) => socket.data?.onEnd(),
  close: (socket, error) => socket.data?.onClose(error),
  connectError: (socket, error) => socket.data.onConnectError?.(error),
  error: (socket, error) => {
    // The failed write of a named pipe would be an uncaught exception (1.4.5 on
    // Windows, not reported). Anything else that comes here was thrown.
    if ((error as { code?: string }).code === "EPIPE") {
      socket.data?.onClose(error);
    } else {
      throwUncaught(error);
    }
  },
};

/**
 * The owner of a socket that is not a connection yet. Nothing that happens to
 * such a socket matters, unless a subclass says otherwise.
 */
export class UnconnectedOwner {
  onConnectError(_error: Error): void {}
  onData(): void {}
  onDrain(): void {}
  onEnd(): void {}
  onClose(_error?: Error): void {}
}
