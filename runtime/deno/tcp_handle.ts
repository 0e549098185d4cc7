/**
 * What `Deno.Conn` cannot do to a TCP socket: a keep-alive delay and a RST.
 *
 * Both go through the handle class of the runtime's own `node:net`, which can
 * open a duplicate of a connection's descriptor. Closing the duplicate leaves
 * the connection as it is.
 *
 * A RST needs two things. The socket must linger for zero seconds, which the
 * duplicate's `reset()` sees to. And the last descriptor must be closed with
 * no FIN before: `Deno.Conn.close()` sends one always, and a peer that saw a
 * FIN reports the end, not `ECONNRESET`. The one call that takes a connection
 * apart without a FIN is `Deno.startTls`; given a certificate that is none, it
 * drops the socket before a byte of TLS is sent. It refuses while a read is
 * pending, so that is cancelled first.
 *
 * Measured against it, with 50 to 200 connections each: linger zero, then
 * `Deno.Conn.close()` (a FIN, then the RST: the peer sees the end every time);
 * closing with bytes unread (the same); the descriptor's number given to a
 * handle's `open(fd)` (a RST, but Deno shuts down and closes that number once
 * more afterwards, whoever has it by then); all TCP through `node:net` (a RST
 * every time, and one system call more for each read).
 *
 * @module
 */
import { denoNamespace, type NativeConn } from "./api.ts";
import { type DenoInternals, ridOf, type TcpHandle } from "./internals.ts";

/** Whether this version of the runtime has what a RST takes. */
export function canReset({ core, Handle }: DenoInternals): boolean {
  return core !== null && Handle !== null;
}

/**
 * A handle on a duplicate of the connection's descriptor.
 *
 * @returns `null` where the runtime has no such handle, and while a write is
 * blocked: the runtime lends the descriptor to that write alone.
 */
export function duplicate(
  conn: NativeConn,
  { core, Handle }: DenoInternals,
): TcpHandle | null {
  if (core === null || Handle === null) return null;
  const handle = new Handle(0);
  if (handle.openFromRid(ridOf(conn, core)) === 0) return handle;
  handle.close();
  return null;
}

const NOT_A_CERTIFICATE =
  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/**
 * Close the descriptor of a connection without sending a FIN first. Nothing
 * may be pending on it.
 */
export function closeWithoutFin(conn: NativeConn): void {
  denoNamespace().startTls(conn, { caCerts: [NOT_A_CERTIFICATE] }).then(
    (tls) => tls.close(),
    () => {
      // Expected. A connection it did not take is closed the usual way.
      try {
        conn.close();
      } catch {
        // Taken and closed.
      }
    },
  );
}
