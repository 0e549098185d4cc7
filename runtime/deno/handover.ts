/**
 * A connection's handle for other modules of Deno: a TCP handle of `node:net`
 * on a duplicate of the descriptor. `tls` reads and writes by it at full speed,
 * and `child_process` passes its descriptor on.
 *
 * The handle is real, so nobody says when they start to use it. The calls that
 * they do it with are watched instead: each replaces itself by the handle's own
 * at the first call.
 *
 * @module
 */
import type { NativeConn } from "./api.ts";
import type { DenoInternals, TcpHandle } from "./internals.ts";
import { duplicate } from "./tcp_handle.ts";

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
