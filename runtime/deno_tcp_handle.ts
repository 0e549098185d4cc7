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
 * Measured against it: closing with linger zero (FIN, then RST: the peer sees
 * the end every time), closing with unread bytes (the same), and closing the
 * descriptor by its number through `handle.open(fd)` (a RST, but Deno closes
 * the same number once more later, whoever has it by then).
 *
 * @module
 */
import process from "node:process";
import { type DenoConn, denoNamespace } from "./deno_api.ts";

/** The handle of the runtime's own `node:net`. Calls return 0 or an error. */
export interface TcpHandle {
  /** Open a duplicate of the descriptor of a `Deno.Conn`. */
  openFromRid(rid: number): number;
  /** Linger for zero seconds, then close the duplicate. */
  reset(): number;
  /** As `Connection.setKeepAlive`, the delay in seconds. */
  setKeepAlive(on: boolean, delay: number): number;
  /** Close the duplicate. */
  close(): void;
}

interface TcpHandleClass {
  new (type: number): TcpHandle;
  readonly prototype: Partial<TcpHandle>;
}

type CancelRead = (rid: number) => void;

/** What of the runtime's inside is used here; `null` where it is missing. */
interface Hatch {
  readonly Handle: TcpHandleClass | null;
  readonly cancelRead: CancelRead | null;
}

let hatch: Hatch | undefined;

/** Look once, on first use. Neither way needs a permission. */
function find(): Hatch {
  let Handle: TcpHandleClass | null = null;
  try {
    const { TCP } = (process as unknown as {
      binding(name: string): { TCP: TcpHandleClass };
    }).binding("tcp_wrap");
    const { openFromRid, reset, setKeepAlive, close } = TCP.prototype;
    if (openFromRid && reset && setKeepAlive && close) Handle = TCP;
  } catch {
    // No such binding in this version.
  }
  const deno = denoNamespace();
  const { core } =
    (deno as unknown as Record<symbol, { core?: { cancelRead?: CancelRead } }>)[
      deno.internal!
    ] ?? {};
  return { Handle, cancelRead: core?.cancelRead ?? null };
}

/** Whether this version of the runtime has what a RST takes. */
export function canReset(): boolean {
  hatch ??= find();
  return hatch.Handle !== null && hatch.cancelRead !== null;
}

/** The number by which the runtime knows a connection. */
function ridOf(conn: DenoConn): number {
  for (const key of Object.getOwnPropertySymbols(conn)) {
    if (key.description === "Deno.internal.rid") {
      return (conn as unknown as Record<symbol, number>)[key]!;
    }
  }
  return -1;
}

/**
 * A handle on a duplicate of the connection's descriptor.
 *
 * @returns `null` where the runtime has no such handle, and while a write is
 * blocked: the runtime lends the descriptor to that write alone.
 */
export function duplicate(conn: DenoConn): TcpHandle | null {
  hatch ??= find();
  if (hatch.Handle === null) return null;
  const handle = new hatch.Handle(0);
  if (handle.openFromRid(ridOf(conn)) === 0) return handle;
  handle.close();
  return null;
}

/** Make the pending read of a connection reject; see {@linkcode canReset}. */
export function cancelPendingRead(conn: DenoConn): void {
  hatch?.cancelRead?.(ridOf(conn));
}

const NOT_A_CERTIFICATE =
  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/**
 * Close the descriptor of a connection without sending a FIN first. Nothing
 * may be pending on it.
 */
export function closeWithoutFin(conn: DenoConn): void {
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
