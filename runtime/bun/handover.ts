/**
 * How Bun's `tls` takes over a socket of `Bun.connect` or `Bun.listen`.
 *
 * It makes two sockets of the one: a raw half and an encrypted one. On the
 * server's side it calls `upgradeTLS` of the socket, on the client's side a
 * function of its own. Then it puts the raw half in the place of the socket.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { setImmediate } from "../timers.ts";
import type { BunSocket } from "./api.ts";

/** A `tls.TLSSocket`, as far as the raw half needs it. */
interface TlsSocket {
  readonly destroyed: boolean;
  readonly bytesWritten: number;
  once(event: "close", listener: () => void): unknown;
  destroy(): unknown;
  ref(): unknown;
  unref(): unknown;
}

/** The options that `tls` gives to `upgradeTLS`. */
interface UpgradeOptions {
  /** What was read before. */
  initialData?: Uint8Array;
  /** The TLS socket. */
  data: TlsSocket;
}

/** Where Bun's `tls` notes on the raw half which socket reads it. */
const TLS_SOCKET = "kAdoptedTLSRaw";

/**
 * Which TLS socket reads a raw half on the server's side. Before 1.4.3, Bun
 * notes only that there is one.
 */
const serverSockets = new WeakMap<object, TlsSocket>();

/**
 * The TLS socket over a raw half; `undefined` before it is there, or if Bun does
 * not say which one it is.
 */
export function tlsSocketOf(raw: object): TlsSocket | undefined {
  const symbol = Object.getOwnPropertySymbols(raw)
    .find(({ description }) => description === TLS_SOCKET);
  const noted = symbol && (raw as Record<symbol, TlsSocket | true>)[symbol];
  return noted === true ? serverSockets.get(raw) : noted;
}

/**
 * What was written to the TLS socket over a raw half. It stands for the encrypted
 * bytes, which Bun does not count.
 */
export function bytesWrittenAbove(raw: object): number {
  return tlsSocketOf(raw)?.bytesWritten ?? 0;
}

/**
 * Call back when the TLS socket over a closed raw half is done. It may still
 * have bytes to deliver, and is to end before the socket below it closes.
 */
export function onceTlsIsDone(raw: object, callback: () => void): void {
  const tlsSocket = tlsSocketOf(raw);
  if (!tlsSocket || tlsSocket.destroyed) setImmediate(callback);
  else tlsSocket.once("close", callback);
}

/**
 * Close a raw half and the TLS socket over it. As Bun's own `net` does it: what
 * TLS has to send goes out first, and both are open in the next turn still.
 */
export function closeBelowTls(
  raw: BunSocket<unknown>,
  callback: () => void,
): void {
  raw.pause();
  setImmediate(() =>
    setImmediate(() => {
      tlsSocketOf(raw)?.destroy();
      raw.close();
      setImmediate(callback);
    })
  );
}

/**
 * Make a socket ready to be a handle for others. Its `upgradeTLS` takes along
 * what was read ahead, and its `setKeepAlive` counts in seconds, as that of a
 * handle of libuv: Bun's counts in milliseconds.
 *
 * @param reader Whoever has read ahead: it gives the bytes away, and forgets
 * them.
 */
export function prepareHandle<Data>(
  socket: BunSocket<Data>,
  reader: { takeHeld(): readonly Uint8Array[] },
): void {
  if (Object.hasOwn(socket, "upgradeTLS")) return;
  const { upgradeTLS, setKeepAlive } = socket;
  socket.setKeepAlive = (on, delay) =>
    setKeepAlive.call(socket, on, delay * 1000);
  socket.upgradeTLS = function (this: unknown, options: UpgradeOptions) {
    const { initialData } = options;
    const held = reader.takeHeld();
    const read = initialData ? [initialData, ...held] : held;
    if (read.length > 0) options.initialData = Buffer.concat(read);
    const halves = upgradeTLS.call(this, options);
    if (halves) serverSockets.set(halves[0], options.data);
    return halves;
  };
}
