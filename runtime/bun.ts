/**
 * The Bun backend, over `Bun.connect` and `Bun.listen`.
 *
 * What these cannot express (a backlog, the mode of a socket file, listening
 * on a descriptor, opening one, a port shared by cluster workers) goes through
 * Bun's `node:net`.
 *
 * @module
 */
import type {
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
  ListenTarget,
  RuntimeAdapter,
  TcpConnectTarget,
} from "./adapter.ts";
import {
  type BunAddress,
  bunApi,
  type BunHandlers,
  type BunServer,
  type BunSocket,
  findConnecting,
} from "./bun_api.ts";
import { BunConnection, type BunSocketOwner } from "./bun_connection.ts";
import { codeFrom, featureUnavailable, systemError } from "./errors.ts";

/** One set of handlers for every socket; the state is in `data`. */
const HANDLERS: BunHandlers<BunSocketOwner> = {
  open: (socket) => socket.data.onOpen(socket),
  data: (socket, chunk) => socket.data.onData(chunk),
  drain: (socket) => socket.data.onDrain(),
  end: (socket) => socket.data.onEnd(),
  close: (socket, error) => socket.data.onClose(error),
  connectError: (socket, error) => socket.data.onConnectError(error),
};

/** Call the shared layer where Bun would swallow or act on what it throws. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** What a socket calls before there is a connection; nothing to be told. */
abstract class Opening {
  abstract onOpen(socket: BunSocket<BunSocketOwner>): void;
  onConnectError(_error: Error): void {}
  onData(): void {}
  onDrain(): void {}
  onEnd(): void {}
  onClose(): void {}

  /** Hand a fresh connection over. Bun would close it if that threw. */
  protected handOver(
    socket: BunSocket<BunSocketOwner>,
    kind: "tcp" | "pipe",
    sink: (connection: Connection) => void,
  ): void {
    const connection = new BunConnection(socket, kind);
    socket.data = connection;
    guarded(() => sink(connection));
    connection.updateHold();
  }
}

class BunAttempt extends Opening implements ConnectAttempt {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  #referenced: boolean;
  #starting = true;
  #done = false;
  /** Known before `connect` returned. */
  #early: Error | undefined;

  constructor(target: ConnectTarget, sink: ConnectSink) {
    super();
    this.#target = target;
    this.#sink = sink;
    this.#referenced = target.referenced;
  }

  start(): this {
    // The promise is of no use: `open` and `connectError` tell all, sooner.
    bunApi().connect<BunSocketOwner>({
      ...addressOf(this.#target),
      data: this,
      socket: HANDLERS,
      allowHalfOpen: true,
    });
    this.#starting = false;
    if (this.#early) {
      const { code } = this.#early as Error & { code: string };
      // A path is looked up at once, yet Node tells in a turn of its own.
      if (this.#target.kind === "tcp" || code === "EINVAL") throw this.#early;
      setImmediate(tellConnectError, this, this.#early);
    }
    return this;
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    findConnecting<BunSocketOwner>(this)?.terminate();
  }

  // A running attempt keeps the process alive on every runtime, Node's own
  // too; the wish counts from the moment of connection on.

  ref(): void {
    this.#referenced = true;
  }

  unref(): void {
    this.#referenced = false;
  }

  override onOpen(socket: BunSocket<BunSocketOwner>): void {
    if (this.#done) return socket.terminate();
    this.#done = true;
    this.handOver(socket, this.#target.kind, (connection) => {
      if (!this.#referenced) connection.unref();
      this.#sink.onConnect(connection);
    });
  }

  override onConnectError(error: Error): void {
    if (this.#done) return;
    const code = codeFrom(error, "ECONNREFUSED");
    if (this.#starting) this.#early = earlyError(code, this.#target);
    // Bun would make a rejection of what this throws.
    else guarded(() => this.tellError(connectError(code, this.#target)));
  }

  tellError(error: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#sink.onError(error);
  }
}

const tellConnectError = (attempt: BunAttempt, error: Error) =>
  attempt.tellError(error);

function addressOf(target: ConnectTarget): BunAddress {
  if (target.kind === "pipe") return { unix: pathOf(target, "connect") };
  const { address: hostname, port, localPort } = target;
  if (!target.localAddress && !localPort) return { hostname, port };
  return { hostname, port, localPort, localAddress: sourceOf(target) };
}

/** Bun takes a source port only with a source address. */
function sourceOf(target: TcpConnectTarget): string {
  const any = target.family === 6 ? "::" : "0.0.0.0";
  const address = target.localAddress || any;
  // Bun reports another family as ECONNREFUSED.
  if (address.includes(":") !== any.includes(":")) {
    throw systemError("EINVAL", "bind", { address, port: target.localPort });
  }
  return address;
}

/** Bun cuts a path at a NUL; the system takes none but an abstract name's. */
function pathOf(
  { path }: { readonly path: string },
  syscall: "connect" | "listen",
): string {
  if (path.indexOf("\0", 1) < 0 || path.startsWith("\0")) return path;
  throw pathError("EINVAL", syscall, path);
}

function pathError(code: string, syscall: string, path: string): Error {
  return syscall === "connect"
    ? systemError(code, syscall, { address: path })
    : systemError(code, syscall, { address: path, port: -1, explain: true });
}

function connectError(code: string, target: ConnectTarget): Error {
  if (target.kind === "pipe") return pathError(code, "connect", target.path);
  const { address, port, localPort } = target;
  const localAddress = localPort ? sourceOf(target) : undefined;
  return systemError(code, "connect", {
    address,
    port,
    localAddress,
    localPort,
  });
}

/** A failure known before `connect` returned: of the bind, or no route. */
function earlyError(code: string, target: ConnectTarget): Error {
  if (target.kind === "pipe") return connectError(code, target);
  const { localAddress, localPort, address } = target;
  if ((localAddress || localPort) && code !== "ECONNREFUSED") {
    return systemError(code, "bind", {
      address: sourceOf(target),
      port: localPort,
    });
  }
  // Bun calls every failure ECONNREFUSED that it does not know. A refusal
  // itself comes from the peer, which takes a turn unless it is this machine.
  const isHere = /^(127\.|::1$|0\.0\.0\.0$|::$)/.test(address);
  const hidden = code === "ECONNREFUSED" && !isHere;
  return connectError(hidden ? "ENETUNREACH" : code, target);
}

class BunListener extends Opening implements Listener {
  readonly pending = false;
  readonly #kind: "tcp" | "pipe";
  readonly #sink: ListenSink;
  readonly #native: BunServer;
  #endpoint: Endpoint | null | undefined;
  #closed = false;

  constructor(target: BunAddress, sink: ListenSink) {
    super();
    this.#kind = "unix" in target ? "pipe" : "tcp";
    this.#sink = sink;
    this.#native = bunApi().listen<BunSocketOwner>({
      ...target,
      data: this,
      socket: HANDLERS,
      allowHalfOpen: true,
    });
  }

  get fd(): number {
    return this.#native.fd;
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
    this.#native.stop();
  }

  ref(): void {
    this.#native.ref();
  }

  unref(): void {
    this.#native.unref();
  }

  override onOpen(socket: BunSocket<BunSocketOwner>): void {
    if (this.#closed) return socket.terminate();
    this.handOver(
      socket,
      this.#kind,
      (connection) => this.#sink.onConnection(connection),
    );
  }
}

function listen(target: ListenTarget, sink: ListenSink): Listener {
  switch (target.kind) {
    case "handle":
      throw featureUnavailable("listenHandle", "bun");
    case "pipe":
      return listenOnPath(pathOf(target, "listen"), sink);
    case "tcp": {
      const { port, ipv6Only, reusePort } = target;
      const on = (hostname: string) =>
        listenOnAddress({ hostname, port, ipv6Only, reusePort }, sink);
      if (target.address !== null) return on(target.address);
      try {
        return on("::");
      } catch (error) {
        // No IPv6, or not for us; but a port in use is in use.
        if (codeFrom(error, "") === "EADDRINUSE") throw error;
        return on("0.0.0.0");
      }
    }
  }
}

function listenOnAddress(
  address: BunAddress & { readonly hostname: string; readonly port: number },
  sink: ListenSink,
): Listener {
  try {
    return new BunListener(address, sink);
  } catch (error) {
    throw systemError(codeFrom(error, "EINVAL"), "listen", {
      address: address.hostname,
      port: address.port,
      explain: true,
    });
  }
}

function listenOnPath(unix: string, sink: ListenSink): Listener {
  try {
    return new BunListener({ unix }, sink);
  } catch (error) {
    const code = codeFrom(error, "EINVAL");
    // A missing folder is no permission, as libuv has it.
    throw pathError(code === "ENOENT" ? "EACCES" : code, "listen", unix);
  }
}

/**
 * The backend over Bun's own sockets.
 *
 * @example
 * ```ts ignore
 * net.connect({ port: 8080, adapter: bunAdapter });
 * ```
 */
export const bunAdapter: RuntimeAdapter = {
  name: "bun",
  capabilities: {
    sourceAddress: true,
    unreferencedConnect: true,
    ipv6Only: true,
    reusePort: true,
    backlog: false,
    pipeMode: false,
    listenHandle: false,
    openFd: false,
    cluster: false,
  },
  connect: (target, sink) => new BunAttempt(target, sink).start(),
  listen,
  open: () => {
    throw featureUnavailable("openFd", "bun");
  },
};
