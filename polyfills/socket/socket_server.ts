/**
 * The server that accepted a socket, as the socket sees it.
 *
 * @module
 */
import type { NativeServer } from "../../runtime/select.ts";

/**
 * A server that counts its open sockets, and waits for the last of them. For
 * others it is what `@types/node` declares as `net.Server`.
 */
export interface SocketServer extends NativeServer {
  /** Open connections; a socket that is destroyed takes itself off. */
  _connections: number;
  /** Emit `'close'` if the server is closed and no connection is left. */
  _emitCloseIfDrained(): void;
}
