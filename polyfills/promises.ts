/**
 * `net/promises`: `connect` and `listen` that return promises.
 *
 * Experimental in Node, and new in the release line after 26.
 *
 * @example
 * ```ts
 * import type { AddressInfo } from "@isonet/net";
 * import { connect, listen } from "@isonet/net/promises";
 *
 * const server = await listen({
 *   host: "127.0.0.1",
 *   connectionListener: (socket) => socket.end("hello"),
 * });
 * const { port } = server.address() as AddressInfo;
 * const socket = await connect(port, "127.0.0.1");
 * for await (const data of socket) console.log(String(data)); // hello
 * server.close();
 * ```
 *
 * @see Node's page, "net Promises API"
 *
 * @module
 */
import { addAbortListener, type EventEmitter } from "node:events";
import { connect as startConnecting } from "./socket/connect.ts";
import { abortError } from "./node/errors.ts";
import { normalizeArgs } from "./node/argument_forms.ts";
import type { ListenOptions, NetConnectOpts, ServerOpts } from "./options.ts";
import { createServer, type Server } from "./server/server.ts";
import type { Socket } from "./socket/socket.ts";
import { validateAbortSignal, validateObject } from "./node/validators.ts";

export { BlockList } from "./block_list/block_list.ts";
export { isIP, isIPv4, isIPv6 } from "./address/ip.ts";
export { SocketAddress } from "./address/socket_address.ts";
export type { Server, Socket };

/** Options of {@linkcode listen}: those of the server and where it listens. */
export interface ListenPromiseOptions extends ServerOpts, ListenOptions {
  /** Added to `'connection'`. */
  connectionListener?: ((socket: Socket<Server>) => void) | undefined;
}

/**
 * Make a socket and connect it.
 *
 * @param options Where to connect, and the options of the socket; or a port
 * with an optional host; or a path. The option `signal` aborts the attempt to
 * connect; it has no effect once the socket is connected.
 * @returns Resolves with the connected socket.
 * @throws {Error} Rejects with the error that `'error'` is emitted with, with
 * `ABORT_ERR` if the signal is aborted meanwhile, or with the signal's reason if
 * it was aborted before the call. The socket is destroyed.
 *
 * @example
 * ```ts
 * import { connect } from "@isonet/net/promises";
 *
 * const signal = AbortSignal.timeout(500);
 * try {
 *   const socket = await connect({ host: "127.0.0.1", port: 1, signal });
 *   socket.end("hello");
 * } catch (error) {
 *   console.log(String(error)); // Error: connect ECONNREFUSED 127.0.0.1:1
 * }
 * ```
 */
export function connect(options: NetConnectOpts): Promise<Socket<Server>>;
/** Make a socket and connect it to a port. */
export function connect(port: number, host?: string): Promise<Socket<Server>>;
/** Make a socket and connect it to a path. */
export function connect(path: string): Promise<Socket<Server>>;
export async function connect(...args: unknown[]): Promise<Socket<Server>> {
  const [options] = normalizeArgs<NetConnectOpts>(args);
  const { signal } = options;
  throwIfAborted(signal);
  const socket = startConnecting({ ...options, signal: undefined });
  try {
    await waitFor(socket, "connect", signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

/**
 * Make a server and start listening.
 *
 * @param options Where to listen, as for `server.listen`, and what
 * `createServer` takes. Without a port, path, descriptor or handle, the server
 * gets any free port. The option `signal` closes the server, even while it
 * listens.
 * @returns Resolves with the listening server.
 * @throws {Error} Rejects with the error that `'error'` is emitted with, with
 * `ABORT_ERR` if the signal is aborted meanwhile, or with the signal's reason if
 * it was aborted before the call. The server is closed.
 *
 * @example
 * ```ts
 * import { listen } from "@isonet/net/promises";
 *
 * const stop = new AbortController();
 * const server = await listen({ host: "127.0.0.1", signal: stop.signal });
 * setTimeout(() => stop.abort(), 10);
 * for await (const socket of server) socket.end("hello");
 * ```
 */
export async function listen(
  options: ListenPromiseOptions = {},
): Promise<Server> {
  validateObject(options, "options");
  const { signal, connectionListener } = options;
  throwIfAborted(signal);
  const server = createServer(options, connectionListener);
  try {
    server.listen(isTarget(options) ? options : { ...options, port: 0 });
    await waitFor(server, "listening", signal);
  } catch (error) {
    // An aborted signal has closed it already.
    if (!signal?.aborted) server.close();
    throw error;
  }
  return server;
}

function isTarget({ port, path, fd, handle }: ListenPromiseOptions): boolean {
  return [port, path, fd, handle].some((where) => where !== undefined);
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  validateAbortSignal(signal, "options.signal");
  signal.throwIfAborted();
}

/**
 * Resolves when an event is emitted. Rejects if `'error'` is emitted first, or
 * if the signal is aborted.
 *
 * The `events.once` of one runtime, in its version 2.9.5, drops the reason of an
 * abort; not reported.
 */
function waitFor(
  emitter: EventEmitter,
  event: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborting = signal && addAbortListener(signal, () => {
      settle(() => reject(abortError(signal.reason)));
    });
    const onEvent = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    emitter.once(event, onEvent).once("error", onError);

    function settle(how: () => void): void {
      emitter.off(event, onEvent).off("error", onError);
      aborting?.[Symbol.dispose]();
      how();
    }
  });
}
