/**
 * Listening with the Bun backend.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { builtin } from "../builtins.ts";
import type {
  Endpoint,
  Listener,
  ListenSink,
  PipeListenTarget,
  TcpListenTarget,
} from "../adapter.ts";
import {
  type BunAddress,
  bunApi,
  type BunServer,
  type BunSocket,
} from "./api.ts";
import { BunConnection } from "./connection.ts";
import { type BunSocketOwner, handlers, UnconnectedOwner } from "./handlers.ts";
import { setBacklog, socketError } from "./libc.ts";
import { DEFAULT_BACKLOG } from "../defaults.ts";
import { hasStrayNul, invalidPath, pathBindCode } from "../common/pipe_path.ts";
import { withoutNeedlessZone } from "../common/zone.ts";
import { codeFrom, featureUnavailable, systemError } from "../errors.ts";
import { guardListenSink, outside } from "../common/guarded_sinks.ts";

class BunListener extends UnconnectedOwner implements Listener, BunSocketOwner {
  readonly pending = false;
  readonly #kind: "tcp" | "pipe";
  readonly #sink: ListenSink;
  readonly #native: BunServer;
  /** Calls a function in the context of `listen`, as Node calls the listeners. */
  readonly #inContext = AsyncLocalStorage.snapshot();
  /** Called with each connection, if the user of the listener has set it. */
  onconnection: unknown;
  #endpoint: Endpoint | null | undefined;
  #closed = false;

  constructor(target: BunAddress, backlog: number, sink: ListenSink) {
    super();
    this.#kind = "unix" in target ? "pipe" : "tcp";
    // Bun would close a socket whose `open` threw (1.4.5, not reported).
    this.#sink = guardListenSink(sink);
    // Bun calls the handlers of each connection in the context of this call.
    this.#native = outside(() =>
      bunApi().listen<BunSocketOwner>({
        ...target,
        data: this,
        socket: handlers,
        allowHalfOpen: true,
      })
    );
    // Bun listens with 512, whatever is asked
    // (1.4.5; https://github.com/oven-sh/bun/pull/33786).
    if (backlog !== DEFAULT_BACKLOG && !setBacklog(this.fd, backlog)) {
      this.#native.stop();
      throw featureUnavailable("backlog", "bun");
    }
  }

  get fd(): number {
    return this.#native.fd;
  }

  get handle(): object {
    const native = this.#native;
    // What packages replace on the handle is called here.
    if (!Object.hasOwn(native, "onconnection")) {
      Object.defineProperty(native, "onconnection", {
        get: () => this.onconnection,
        set: (value) => this.onconnection = value,
        configurable: true,
      });
    }
    return native;
  }

  endpoint(): Endpoint | null {
    if (this.#endpoint !== undefined) return this.#endpoint;
    const found: { address?: string; family?: string; port?: number } = {};
    this.#native.getsockname(found);
    const { address, family, port } = found;
    return this.#endpoint = address && family && port
      ? { address, family, port }
      : null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Before 1.4, it keeps the process alive until its connections are closed
    // (not reported).
    this.#native.unref();
    this.#native.stop();
  }

  ref(): void {
    this.#native.ref();
  }

  unref(): void {
    this.#native.unref();
  }

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    if (this.#closed) return socket.terminate();
    const connection = new BunConnection(socket, this.#kind, true);
    this.#inContext(() => this.#sink.onConnection(connection));
    connection.opened();
  }
}

/** Bind and listen. */
export function listen(
  target: TcpListenTarget | PipeListenTarget,
  sink: ListenSink,
): Listener {
  switch (target.kind) {
    case "pipe":
      return listenOnPath(target, sink);
    case "tcp":
      if (target.address !== null) {
        return listenOnAddress(target.address, target, sink);
      }
      try {
        return listenOnAddress("::", target, sink);
      } catch (error) {
        // There is no IPv6 here, or it is not allowed. A port that is in use
        // on IPv6 must not be taken on IPv4 alone, though.
        if (codeFrom(error, "") === "EADDRINUSE") throw error;
        return listenOnAddress("0.0.0.0", target, sink);
      }
  }
}

function listenOnAddress(
  hostname: string,
  { port, ipv6Only, reusePort, backlog }: TcpListenTarget,
  sink: ListenSink,
): Listener {
  try {
    const address = withoutNeedlessZone(hostname);
    const target = { hostname: address, port, ipv6Only, reusePort };
    return new BunListener(target, backlog, sink);
  } catch (error) {
    throw listenError(error, hostname, port);
  }
}

function listenOnPath(
  { path, backlog, readableAll, writableAll }: PipeListenTarget,
  sink: ListenSink,
): Listener {
  // Bun 1.4.5 cuts a path at a NUL (not reported).
  if (hasStrayNul(path)) throw invalidPath(path, "listen");
  let listener: BunListener;
  try {
    listener = new BunListener({ unix: path }, backlog, sink);
  } catch (error) {
    throw listenError(error, path, -1);
  }
  const bits = (readableAll ? 0o444 : 0) | (writableAll ? 0o222 : 0);
  if (bits === 0) return listener;
  try {
    builtin("node:fs").chmodSync(path, bits);
  } catch (error) {
    listener.close();
    throw systemError(codeFrom(error, "EIO"), "uv_pipe_chmod");
  }
  return listener;
}

function listenError(error: unknown, address: string, port: number): unknown {
  if ((error as { code?: string }).code?.startsWith("ERR_")) return error;
  // Bun 1.4.5 gives no code if the system is out of descriptors, among other
  // reasons (not reported).
  const code = codeFrom(error, socketError() ?? "EINVAL");
  const isPath = port < 0;
  return systemError(isPath ? pathBindCode(code) : code, "listen", {
    address,
    port,
    explain: true,
  });
}
