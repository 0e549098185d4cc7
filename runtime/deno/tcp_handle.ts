/**
 * What `Deno.Conn` has no method for, in any version up to 2.9: a keep-alive
 * delay (https://github.com/denoland/deno/issues/35634) and a RST (not
 * reported).
 *
 * Both use the handle class of the runtime's own `node:net`, which can open a
 * duplicate of a connection's descriptor. Closing the duplicate leaves the
 * connection open.
 *
 * A RST needs two things. First, the socket must have `SO_LINGER` on with zero
 * seconds; the duplicate's `reset()` sets that. Second, the last descriptor
 * must be closed before a FIN was sent: a peer that saw a FIN reports the end,
 * not `ECONNRESET`, and `Deno.Conn.close()` always sends a FIN. The one call
 * that gives up a connection without a FIN is `Deno.startTls`. With text that
 * is not a certificate, it drops the socket before it sends a byte of TLS. It
 * throws while a read is pending, so the read is cancelled first.
 *
 * The alternatives, each tried with 50 to 200 connections:
 *
 * - `SO_LINGER`, then `Deno.Conn.close()`: a FIN, then the RST. The peer
 *   reports the end every time.
 * - Closing with bytes unread: the same.
 * - A handle that opens the descriptor by its number, `open(fd)`: a RST, but
 *   Deno later closes that number once more, whoever has it by then.
 * - All TCP through `node:net`: a RST every time, and one more system call for
 *   each read.
 *
 * The handle of a connection, for other modules of Deno, is such a handle, too.
 * `tls` reads and writes by it at full speed, and `child_process` passes its
 * descriptor on. It is real, so nobody says when they start to use it. The calls
 * that they do it with are watched instead: each replaces itself by the handle's
 * own at the first call.
 *
 * @module
 */
import { denoNamespace, type NativeConn } from "./api.ts";
import { type DenoInternals, ridOf, type TcpHandle } from "./internals.ts";

/** Whether this version of Deno shows what a RST needs. */
export function canReset({ core, Handle }: DenoInternals): boolean {
  return core !== null && Handle !== null;
}

/**
 * A handle on a duplicate of the connection's descriptor.
 *
 * @returns `null` if this version shows no such handle, and while a write is
 * blocked: Deno does not let anyone else use the descriptor then.
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
 * Close the descriptor of a connection without a FIN. No read and no write may
 * be pending on it.
 */
export function closeWithoutFin(conn: NativeConn): void {
  denoNamespace().startTls(conn, { caCerts: [NOT_A_CERTIFICATE] }).then(
    (tls) => tls.close(),
    () => {
      // As expected. If it refused the connection, close that as usual.
      try {
        conn.close();
      } catch {
        // It took the connection, and has closed it.
      }
    },
  );
}

/** What the connection does once the handle is used. */
export interface HandoverObserver {
  /** The handle is about to read: stop reading beside it. */
  onHandleReads(): void;
  /** Another process gets the descriptor: closing must not send a FIN. */
  onDescriptorShared(): void;
}

/** Call `before` when a method of the handle is called for the first time. */
function watch(
  handle: TcpHandle,
  method: "readStart" | "fdForIpc",
  before: () => void,
): void {
  Object.defineProperty(handle, method, {
    value: () => {
      Reflect.deleteProperty(handle, method);
      before();
      return handle[method]!();
    },
    configurable: true,
  });
}

/**
 * Make the handle of a connection.
 *
 * @returns `null` where the runtime has no such handle, and while a write is
 * blocked.
 */
export function openHandle(
  conn: NativeConn,
  internals: DenoInternals,
  observer: HandoverObserver,
): TcpHandle | null {
  const handle = duplicate(conn, internals);
  if (handle === null) return null;
  // `http` would read and write by the handle as well, beside the connection's
  // own reads and writes. Without this it uses the socket.
  Object.defineProperty(handle, "isStreamBase", { value: false });
  watch(handle, "readStart", () => observer.onHandleReads());
  watch(handle, "fdForIpc", () => observer.onDescriptorShared());
  return handle;
}
