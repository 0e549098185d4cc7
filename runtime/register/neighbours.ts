/**
 * Having the runtime's other modules open connections of this package.
 *
 * @module
 */
import * as module from "node:module";
import type * as tls from "node:tls";
import { builtin, process } from "../builtins.ts";
import type { net } from "../native_net.ts";
import { getOwnNet } from "../own_net.ts";

type Connect = typeof net.connect;

/** What a socket emits before it is connected. */
const EVENTS = [
  "lookup",
  "connectionAttempt",
  "connectionAttemptFailed",
  "connectionAttemptTimeout",
];

const ADDRESSES = [
  ...["remoteAddress", "remoteFamily", "remotePort"] as const,
  ...["localAddress", "localFamily", "localPort"] as const,
];

const METHODS = ["ref", "unref", "setNoDelay", "setKeepAlive"] as const;

/** The arguments of `tls.connect` in one form. */
interface TlsRequest {
  readonly options: tls.ConnectionOptions;
  readonly callback: (() => void) | undefined;
}

/**
 * Sort the arguments of `tls.connect`: `(options)`, `(port, host, options)` or
 * `(path, options)`, each with a callback, and each but the first left out at
 * will.
 */
function sortArgs(args: readonly unknown[]): TlsRequest {
  const options: Record<string, unknown> = {};
  const [first, second] = args;
  if (typeof first === "string" && Number.isNaN(Number(first))) {
    options.path = first;
  } else if (typeof first === "string" || typeof first === "number") {
    options.port = first;
    if (typeof second === "string") options.host = second;
  }
  for (const arg of args) {
    if (typeof arg === "object") Object.assign(options, arg);
  }
  const callback = args.find((arg) => typeof arg === "function");
  return { options, callback } as TlsRequest;
}

/**
 * Have an encrypted stream pass on what concerns the connection below it. The
 * `tls` of Deno does so if it is given a native handle, and a connection of
 * this package has none before it is established.
 */
function forward(socket: net.Socket, secure: tls.TLSSocket): void {
  for (const name of ADDRESSES) {
    Object.defineProperty(secure, name, {
      get: () => socket[name],
      configurable: true,
    });
  }
  Object.assign(secure, { address: () => socket.address() });
  for (const name of METHODS) {
    Object.assign(secure, {
      [name](...args: unknown[]) {
        Reflect.apply(socket[name], socket, args);
        return secure;
      },
    });
  }
}

/**
 * Open a connection, and encrypt it.
 *
 * @param connect What opens it.
 * @param encrypt The runtime's own `tls.connect`.
 * @param request What is asked for.
 */
function connectSecurely(
  connect: Connect,
  encrypt: typeof tls.connect,
  { options, callback }: TlsRequest,
): tls.TLSSocket {
  // These belong to the encrypted stream.
  const { timeout, onread: _, signal: __, ...plain } = options as
    & tls.ConnectionOptions
    & { onread?: unknown; signal?: unknown };
  const socket = connect(plain as net.NetConnectOpts);
  const secure = encrypt({ ...options, socket }, callback);
  if ("Deno" in globalThis) forward(socket, secure);
  // Before 1.4.4, `tls` of Bun does not hear how the connect below it went (not
  // reported).
  if (socket.listenerCount("error") === 0) {
    socket.on("error", (error) => secure.destroy(error));
    socket.once("connect", () => secure.emit("connect"));
  }
  // With a socket that was given, `tls` leaves these to its owner.
  if (timeout) secure.setTimeout(timeout);
  for (const event of EVENTS) {
    socket.on(event, (...args) => secure.emit(event, ...args));
  }
  return secure;
}

/**
 * Have connections of other modules of the runtime opened by what answers for
 * `net`, where they call a public function that can be replaced:
 * `http.Agent.prototype.createConnection`, `tls.connect`, and the runtime's own
 * `net.connect`, which `http2` and the `fetch` of Node call.
 */
export function answerNeighbours(): void {
  // What answers for `net` is loaded when it is asked for.
  const answer = process as unknown as {
    getBuiltinModule(id: "node:net"): { readonly connect: Connect };
  };
  const connect =
    ((...args: Parameters<Connect>) =>
      answer.getBuiltinModule("node:net").connect(...args)) as Connect;
  // The backends do not call these two.
  Object.assign(getOwnNet(), { connect, createConnection: connect });
  const { Agent } = builtin("node:http");
  Object.assign(Agent.prototype, { createConnection: connect });
  const tls = builtin("node:tls");
  const encrypt = tls.connect;
  tls.connect = (...args: unknown[]) => {
    const request = sortArgs(args);
    return request.options.socket
      ? Reflect.apply(encrypt, tls, args)
      : connectSecurely(connect, encrypt, request);
  };
  // For `import { connect } from "node:tls"`, on Node.
  (module as { syncBuiltinESMExports?(): void }).syncBuiltinESMExports?.();
}
