/**
 * `net.connect`: makes and connects a socket in one call.
 *
 * @module
 */
import { normalizeArgs } from "../node/argument_forms.ts";
import type { NetConnectOpts } from "../options.ts";
import type { Server } from "../server/server.ts";
import { Socket } from "./socket.ts";

/**
 * Make a socket and connect it.
 *
 * @param options Where to connect, and the options of the socket; or a port
 * with an optional host; or a path.
 * @param connectListener Added to `'connect'` once.
 * @returns The socket; `'connect'` or `'error'` follows.
 * @throws {TypeError | RangeError} For arguments that Node refuses.
 *
 * @example
 * ```ts
 * import net from "@isonet/net";
 *
 * const socket = net.connect({ host: "127.0.0.1", port: 1 }, () => {
 *   socket.end("hello");
 * });
 * socket.on("data", (data) => console.log(String(data)));
 * socket.on("error", (error) => console.log(error.message));
 * ```
 */
export function connect(
  options: NetConnectOpts,
  connectListener?: () => void,
): Socket<Server>;
/** Make a socket and connect it to a port of a host. */
export function connect(
  port: number,
  host?: string,
  connectListener?: () => void,
): Socket<Server>;
/** Make a socket and connect it to a port of `localhost`. */
export function connect(
  port: number,
  connectListener?: () => void,
): Socket<Server>;
/** Make a socket and connect it to a path. */
export function connect(
  path: string,
  connectListener?: () => void,
): Socket<Server>;
export function connect(...args: unknown[]): Socket<Server> {
  const normalized = normalizeArgs<NetConnectOpts>(args);
  const [options] = normalized;
  const socket = new Socket<Server>(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(normalized as unknown as NetConnectOpts);
}
