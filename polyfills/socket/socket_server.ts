/**
 * The server that accepted a socket, as the socket sees it.
 *
 * @module
 */

/** Counts its open sockets, and waits for the last of them. */
export interface SocketServer {
  /** Open connections; a socket that is destroyed takes itself off. */
  _connections: number;
  /** Emit `'close'` if the server is closed and no connection is left. */
  _emitCloseIfDrained(): void;
}
