/**
 * What a socket has received and nobody has read.
 *
 * @module
 */
import type { Duplex } from "node:stream";

/** The part of a stream's state that holds it, on all three runtimes. */
interface UnreadState {
  buffer: unknown[];
  bufferIndex: number;
  length: number;
  emittedReadable: boolean;
  readonly decoder?: { end(): string } | null;
}

/**
 * Forget it, with the half of a character that a decoder may hold: it came from
 * a connection that is gone. Node gives it to whoever reads from the next
 * connection (up to 26.10; not reported).
 */
export function forgetUnread(socket: Duplex): void {
  const { _readableState: state } = socket as unknown as {
    _readableState: UnreadState;
  };
  state.decoder?.end();
  state.buffer = [];
  state.bufferIndex = state.length = 0;
  state.emittedReadable = false;
}
