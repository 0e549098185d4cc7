/**
 * What Bun calls: one set of handlers for every socket of the Bun backend,
 * which pass each call on to the object in `socket.data`.
 *
 * @module
 */
import type { BunHandlers, BunSocket } from "./api.ts";

/** What stands behind a socket: who listens, who connects, a connection. */
export interface BunSocketOwner {
  /** Connected or accepted. */
  onOpen(socket: BunSocket<BunSocketOwner>): void;
  /** Not connected. */
  onConnectError(error: Error): void;
  /** Bytes arrived. */
  onData(chunk: Uint8Array): void;
  /** The system takes bytes again. */
  onDrain(): void;
  /** The peer's FIN. */
  onEnd(): void;
  /** The native socket is gone. */
  onClose(error: Error | undefined): void;
}

/** Shared, so that a socket costs no closure; the state is in `data`. */
export const handlers: BunHandlers<BunSocketOwner> = {
  open: (socket) => socket.data.onOpen(socket),
  data: (socket, chunk) => socket.data.onData(chunk),
  drain: (socket) => socket.data.onDrain(),
  end: (socket) => socket.data.onEnd(),
  close: (socket, error) => socket.data.onClose(error),
  connectError: (socket, error) => socket.data.onConnectError(error),
};

/** What a socket has before it has a connection: nothing to be told. */
export class Opening {
  onConnectError(_error: Error): void {}
  onData(): void {}
  onDrain(): void {}
  onEnd(): void {}
  onClose(): void {}
}

/** Call the shared layer where Bun would swallow or act on what it throws. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
