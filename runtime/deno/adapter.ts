/**
 * The Deno backend, over `Deno.connect` and `Deno.listen`.
 *
 * Importing it is harmless anywhere and asks for no permission. TCP needs
 * `--allow-net`; a path needs `--allow-read` and `--allow-write` too. A denied
 * permission is a system error `EACCES` with Deno's own error as its `cause`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import * as perfHooks from "node:perf_hooks";
import process from "node:process";
import { setImmediate } from "node:timers";
import type {
  Capabilities,
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Listener,
  ListenSink,
  ListenTarget,
  PipeListenTarget,
  RuntimeAdapter,
  TcpConnectTarget,
  TcpListenTarget,
} from "../adapter.ts";
import {
  type DenoConn,
  type DenoConnectOptions,
  type DenoListener,
  denoNamespace,
} from "./api.ts";
import { DenoConnection } from "./connection.ts";
import { fromDenoError } from "./errors.ts";
import {
  type DenoInternals,
  findInternals,
  NO_INTERNALS,
} from "./internals.ts";
import { hasSocketOptions } from "./libc.ts";
import {
  acceptedHandedOver,
  BoundListener,
  isClosing,
  listenersClosed,
  PendingListener,
} from "./listen.ts";
import { canReset } from "./tcp_handle.ts";
import {
  featureUnavailable,
  type SystemError,
  systemError,
  type SystemErrorDetails,
} from "../errors.ts";

/** Of Deno's `node:perf_hooks`: tell the observers of a performance entry. */
const { enqueueNodePerformanceEntry: report } = perfHooks as unknown as {
  enqueueNodePerformanceEntry?: (entry: object) => void;
};

class DenoConnectAttempt implements ConnectAttempt {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  readonly #internals: DenoInternals;
  readonly #details: SystemErrorDetails;
  readonly #controller: AbortController = new AbortController();
  readonly #startTime: number = performance.now();
  #aborted = false;

  constructor(
    target: ConnectTarget,
    sink: ConnectSink,
    internals: DenoInternals,
  ) {
    this.#target = target;
    this.#sink = sink;
    this.#internals = internals;
    this.#details = target.kind === "tcp"
      ? { address: target.address, port: target.port }
      : { address: target.path };
    const closing = listenersClosed();
    // A peer that closed in this turn would be found listening still.
    if (closing === null) this.#start();
    else closing.then(() => this.#start());
  }

  #start(): void {
    if (this.#aborted) return;
    const target = this.#target;
    if (target.kind === "tcp" && target.port === 0) {
      // Deno refuses port 0 as an argument; the system refuses to connect.
      this.#fail(systemError("ECONNREFUSED", "connect", this.#details));
      return;
    }
    const options: DenoConnectOptions = target.kind === "tcp"
      ? {
        hostname: target.address,
        port: target.port,
        signal: this.#controller.signal,
      }
      : { transport: "unix", path: target.path };
    denoNamespace().connect(options).then(
      // A turn for each: promises alone would settle several attempts in one
      // go, and no code that awaits one of them could run in between.
      (conn) => this.#succeed(conn),
      (error) => this.#fail(fromDenoError(error, "connect", this.#details)),
    );
  }

  /** A server of this process hears of a connection first, as in Node. */
  #succeed(conn: DenoConn): void {
    const accepted = acceptedHandedOver();
    if (accepted === null) setImmediate(this.#tell, conn);
    else accepted.then(() => setImmediate(this.#tell, conn));
  }

  readonly #tell = (conn: DenoConn): void => {
    if (this.#aborted) return conn.close();
    const target = this.#target;
    if (target.kind === "tcp") this.#report(target);
    this.#sink.onConnect(
      new DenoConnection(conn, target.kind, this.#internals),
    );
  };

  /** Tell a `PerformanceObserver`, as Node's sockets do. */
  #report({ address, port }: TcpConnectTarget): void {
    const startTime = this.#startTime;
    report?.({
      name: "connect",
      entryType: "net",
      startTime,
      duration: performance.now() - startTime,
      detail: { host: address, port },
    });
  }

  #fail(error: Error): void {
    setImmediate(() => {
      if (!this.#aborted) this.#sink.onError(error);
    });
  }

  abort(): void {
    this.#aborted = true;
    this.#controller.abort();
  }

  // A running attempt keeps the process alive either way, as in Node.
  ref(): void {}
  unref(): void {}
}

/** Refuse at once, as Node does, what is no path of a socket. */
function checkPath(path: string): void {
  const abstract = path.startsWith("\0");
  const longest = process.platform === "linux" ? 107 : 103;
  const length = Buffer.byteLength(path);
  if (length <= longest && (abstract || !path.includes("\0"))) return;
  const error = systemError("EINVAL", "connect", { address: path });
  // Node names the local end of a failed call, where there is none too.
  error.message += " - Local (undefined:undefined)";
  throw error;
}

/** Errors that say that the system has no IPv6 at all. */
const NO_IPV6: ReadonlySet<string> = new Set([
  "EAFNOSUPPORT",
  "EADDRNOTAVAIL",
  "EPROTONOSUPPORT",
]);

/** Makes a listener of what Deno listens on. */
type Wrap = (native: DenoListener, path: string | null) => BoundListener;

function bindTcp(
  target: TcpListenTarget,
  address: string,
  wrap: Wrap,
): BoundListener {
  const { port, backlog } = target;
  try {
    const native = denoNamespace().listen({
      hostname: address,
      port,
      tcpBacklog: backlog,
    });
    return wrap(native, null);
  } catch (error) {
    throw fromDenoError(error, "listen", { address, port, explain: true });
  }
}

function listenTcp(target: TcpListenTarget, wrap: Wrap): BoundListener {
  if (target.address !== null) return bindTcp(target, target.address, wrap);
  try {
    return bindTcp(target, "::", wrap);
  } catch (error) {
    if (!NO_IPV6.has((error as SystemError).code)) throw error;
    return bindTcp(target, "0.0.0.0", wrap);
  }
}

function listenPipe(target: PipeListenTarget, wrap: Wrap): BoundListener {
  const { path } = target;
  try {
    const native = denoNamespace().listen({ transport: "unix", path });
    return wrap(native, path);
  } catch (error) {
    const details = { address: path, port: -1, explain: true };
    const made = fromDenoError(error, "listen", details);
    if (made.code !== "ENOENT") throw made;
    // What libuv, and so Node, says of a folder that is not there.
    throw systemError("EACCES", "listen", details);
  }
}

/** The Deno backend; `internals` is asked at the first use, not before. */
class DenoAdapter implements RuntimeAdapter {
  readonly name = "deno";
  readonly #internals: () => DenoInternals;

  constructor(internals: () => DenoInternals) {
    this.#internals = internals;
  }

  get capabilities(): Capabilities {
    const internals = this.#internals();
    return {
      sourceAddress: false,
      // An attempt keeps the process alive, referenced or not; in Node too.
      unreferencedConnect: true,
      ipv6Only: false,
      // Deno.listen takes it, but ends the process without --unstable-net.
      reusePort: false,
      backlog: true,
      pipeMode: false,
      listenHandle: false,
      openFd: false,
      cluster: false,
      reset: canReset(internals),
      keepAliveDelay: canReset(internals),
      get keepAliveProbes() {
        return hasSocketOptions(internals);
      },
    };
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    if (target.kind === "pipe") checkPath(target.path);
    return new DenoConnectAttempt(target, sink, this.#internals());
  }

  listen(target: ListenTarget, sink: ListenSink): Listener {
    if (target.kind === "handle") {
      throw featureUnavailable("listenHandle", "deno");
    }
    const wrap: Wrap = (native, path) =>
      new BoundListener(native, path, sink, this.#internals());
    const bind = () =>
      target.kind === "tcp"
        ? listenTcp(target, wrap)
        : listenPipe(target, wrap);
    const closing = listenersClosed();
    if (closing === null) return bind();
    if (target.kind === "pipe" && isClosing(target.path)) {
      // A file bound now would be removed by the listener that is closing.
      return new PendingListener(closing, bind, sink, true);
    }
    try {
      return bind();
    } catch (error) {
      if ((error as SystemError).code !== "EADDRINUSE") throw error;
      return new PendingListener(closing, bind, sink, false);
    }
  }

  open(): Connection {
    throw featureUnavailable("openFd", "deno");
  }
}

/** Deno's own sockets, for {@linkcode RuntimeAdapter}. */
export const denoAdapter: RuntimeAdapter = new DenoAdapter(findInternals);

/**
 * The same over Deno's public API alone: what a version gets that hides its
 * inside.
 */
export const denoPublicAdapter: RuntimeAdapter = new DenoAdapter(() =>
  NO_INTERNALS
);
