/**
 * The `node:net` backend: Node's own, and the second transport on runtimes
 * whose native API lacks something (they all have a `node:net`).
 *
 * It uses the public API only, with the streams' own policies turned off:
 * half-open always, reading paused until it is asked for.
 *
 * @module
 */
import cluster from "node:cluster";
import net from "node:net";
import process from "node:process";
import type {
  Capabilities,
  ConnectAttempt,
  Connection,
  ConnectionSink,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
  ListenTarget,
  RuntimeAdapter,
  TcpConnectTarget,
  TcpListenTarget,
  WriteResult,
} from "./adapter.ts";
import { codeOf, featureUnavailable, systemError } from "./errors.ts";
import {
  connectError,
  listenError,
  normalize,
  writeError,
} from "./node_errors.ts";
import { checkPipePath } from "./pipe_path.ts";

function endpointOf(
  address: string | undefined,
  family: string | undefined,
  port: number | undefined,
): Endpoint | null {
  return address === undefined || port === undefined ? null : {
    address,
    family: family ?? (address.includes(":") ? "IPv6" : "IPv4"),
    port,
  };
}

function localEndpointOf(socket: net.Socket): Endpoint | null {
  const { localAddress, localFamily, localPort } = socket;
  return endpointOf(localAddress, localFamily, localPort);
}

/** Since Node 24. */
interface WithTypeOfService {
  setTypeOfService?(tos: number): void;
  getTypeOfService?(): number;
}

class NodeConnection implements Connection {
  readonly kind: "tcp" | "pipe";
  readonly #socket: net.Socket;
  #sink: ConnectionSink | undefined;
  #closing = false;
  #closed = false;
  #readDone = false;
  #reading = false;
  /** How reading came out, while it is stopped. */
  #outcome: "end" | Error | undefined;
  /** The stream has failed or is closed: no write can succeed. */
  #broken = false;
  // Native callbacks also follow writes that were taken at once; counting
  // tells which of them belongs to the write that returned false.
  #issued = 0;
  #settled = 0;
  #awaited = 0;

  constructor(socket: net.Socket, kind: "tcp" | "pipe") {
    this.#socket = socket;
    this.kind = kind;
    socket.pause();
    // An error may come before anyone attaches; it is kept by `destroyed`.
    socket.on("error", (error) => this.#onError(error));
    socket.on("close", () => this.#onClose());
  }

  get fd(): number {
    const { _handle } = this.#socket as { _handle?: { fd?: number } | null };
    return _handle?.fd ?? -1;
  }

  get writeQueueSize(): number {
    return this.#socket.writableLength;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = sink;
    this.#socket.on("data", (chunk: Uint8Array) => sink.onRead(chunk));
    this.#socket.on("end", () => this.#endReading("end"));
  }

  /** Streams tell their end, and some their errors, even while paused. */
  #endReading(outcome: "end" | Error): void {
    if (this.#readDone || this.#closing) return;
    if (!this.#reading) {
      this.#outcome ??= outcome;
      return;
    }
    this.#readDone = true;
    if (outcome === "end") this.#sink!.onEnd();
    else this.#sink!.onError(outcome);
  }

  localEndpoint(): Endpoint | null {
    return this.kind === "pipe" ? null : localEndpointOf(this.#socket);
  }

  remoteEndpoint(): Endpoint | null {
    const { remoteAddress, remoteFamily, remotePort } = this.#socket;
    return this.kind === "pipe"
      ? null
      : endpointOf(remoteAddress, remoteFamily, remotePort);
  }

  readStart(): void {
    this.#reading = true;
    const outcome = this.#outcome;
    if (outcome === undefined) {
      this.#socket.resume();
      return;
    }
    this.#outcome = undefined;
    setImmediate(() => this.#endReading(outcome));
  }

  readStop(): void {
    this.#reading = false;
    this.#socket.pause();
  }

  write(chunk: Uint8Array): WriteResult {
    if (this.#broken) return this.#refusal();
    this.#issued++;
    this.#socket.write(chunk, this.#onWritten);
    return this.#taken();
  }

  writev(chunks: Uint8Array[]): WriteResult {
    if (this.#broken) return this.#refusal();
    this.#issued++;
    this.#socket.cork();
    const last = chunks.length - 1;
    for (let i = 0; i < last; i++) this.#socket.write(chunks[i]!);
    this.#socket.write(chunks[last]!, this.#onWritten);
    this.#socket.uncork();
    return this.#taken();
  }

  writeText(text: string, encoding: "utf8" | "latin1"): WriteResult {
    if (this.#broken) return this.#refusal();
    this.#issued++;
    this.#socket.write(text, encoding, this.#onWritten);
    return this.#taken();
  }

  /** Why a write cannot even be tried. */
  #refusal(): Error {
    return systemError(this.#closing ? "EBADF" : "EPIPE", "write");
  }

  #taken(): WriteResult {
    const { writableLength, destroyed, errored } = this.#socket;
    if (errored || destroyed) {
      this.#readDone = true;
      return errored ? writeError(errored) : systemError("EPIPE", "write");
    }
    if (writableLength === 0) return true;
    this.#awaited = this.#issued;
    return false;
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (++this.#settled !== this.#awaited) return;
    this.#awaited = 0;
    if (this.#closing) return;
    if (error) this.#readDone = true;
    this.#sink!.onWrite(error ? writeError(error) : null);
  };

  shutdown(): void {
    const done = (error?: Error | null) => {
      if (this.#closing) return;
      this.#sink!.onShutdown(error ? normalize(error, "shutdown") : null);
    };
    if (this.#closed) setImmediate(done);
    else this.#socket.end(done);
  }

  close(): void {
    this.#end(() => this.#socket.destroy());
  }

  reset(): void {
    this.#end(() => this.#socket.resetAndDestroy());
  }

  #end(destroy: () => void): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#broken = true;
    if (this.#closed) setImmediate(() => this.#sink?.onClose());
    else destroy();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  setTypeOfService(tos: number): void {
    const socket = this.#socket as WithTypeOfService;
    if (!socket.setTypeOfService) {
      throw featureUnavailable("typeOfService", "this runtime");
    }
    socket.setTypeOfService(tos);
  }

  getTypeOfService(): number | undefined {
    return (this.#socket as WithTypeOfService).getTypeOfService?.();
  }

  setNoDelay(on: boolean): void {
    this.#socket.setNoDelay(on);
  }

  setKeepAlive(on: boolean, initialDelay: number): void {
    this.#socket.setKeepAlive(on, initialDelay * 1000);
  }

  #onError(error: Error): void {
    this.#broken = true;
    this.#endReading(normalize(error, "read"));
  }

  #onClose(): void {
    this.#closed = true;
    this.#broken = true;
    if (this.#closing) this.#sink?.onClose();
  }
}

/** Deno's goes on without the source address. */
function refuseOtherFamily(target: TcpConnectTarget): void {
  const { localAddress: address, localPort: port, family } = target;
  if (!address || net.isIP(address) === family) return;
  throw systemError("EINVAL", "bind", { address, port });
}

function connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
  if (target.kind === "pipe") checkPipePath(target.path, "connect");
  else refuseOtherFamily(target);
  const socket = new net.Socket({ allowHalfOpen: true });
  const onError = (error: Error) => sink.onError(connectError(error, target));
  socket.once("error", onError);
  // Bun's emits it before it binds, so it tells nothing.
  if (
    !("Bun" in globalThis) && target.kind === "tcp" &&
    (target.localAddress || target.localPort)
  ) {
    socket.once("connectionAttempt", () => sink.onBound?.());
  }
  socket.once("connect", () => {
    socket.off("error", onError);
    sink.onConnect(new NodeConnection(socket, target.kind));
  });
  if (target.kind === "pipe") {
    socket.connect({ path: target.path });
  } else {
    const { address, port, family, localAddress, localPort } = target;
    socket.connect({
      host: address,
      port,
      family,
      localAddress,
      localPort,
      autoSelectFamily: false,
    });
  }
  if (socket.destroyed) {
    socket.off("error", onError).on("error", () => {});
    throw connectError(socket.errored!, target);
  }
  if (!target.referenced) socket.unref();
  return {
    localEndpoint: () => localEndpointOf(socket),
    abort() {
      socket.removeAllListeners("connect");
      socket.off("error", onError);
      socket.on("error", () => {});
      socket.destroy();
    },
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  };
}

/**
 * `listen` with a host looks it up, even a number; a handle is bound without.
 * A cluster worker has to ask the primary, though, and so has to use names.
 */
function listenTcp(server: net.Server, target: TcpListenTarget): void {
  if (target.reusePort && !capabilities.reusePort) {
    throw featureUnavailable("reusePort", "node");
  }
  const { address, port, backlog, ipv6Only, reusePort, exclusive } = target;
  const plain = !ipv6Only && !reusePort && (exclusive || !cluster.isWorker);
  if (address !== null && plain && "_createServerHandle" in net) {
    const handle = createServerHandle(address, port, net.isIP(address));
    if (typeof handle === "number") {
      throw listenError({ code: codeOf(handle) }, target);
    }
    server.listen(handle, backlog);
    return;
  }
  server.listen({ ...target, host: address ?? undefined });
}

function listen(target: ListenTarget, sink: ListenSink): Listener {
  if (target.kind === "pipe") checkPipePath(target.path, "listen");
  const server = net.createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
  });
  let pending = true;
  let closed = false;
  server.on("connection", (socket) => {
    sink.onConnection(
      new NodeConnection(
        socket,
        target.kind !== "tcp" && socket.remoteFamily === undefined
          ? "pipe"
          : "tcp",
      ),
    );
  });
  if (cluster.isWorker) {
    Object.defineProperty(server, "maxConnections", {
      get: () => sink.maxConnections,
    });
  }
  server.on("error", (error) => {
    if (closed) return;
    const accepting = server.listening;
    closed = !accepting;
    sink.onError(
      accepting ? normalize(error, "accept") : listenError(error, target),
    );
  });
  switch (target.kind) {
    case "tcp":
      listenTcp(server, target);
      break;
    case "pipe":
      server.listen(target);
      break;
    case "handle":
      server.listen(target.handle, target.backlog);
      break;
  }
  pending = !server.listening;
  if (pending) {
    server.once("listening", () => {
      pending = false;
      if (!closed) sink.onListening();
    });
  }
  return {
    get pending() {
      return pending;
    },
    get fd() {
      const { _handle } = server as { _handle?: { fd?: number } | null };
      return _handle?.fd ?? -1;
    },
    endpoint() {
      const address = server.address();
      return address === null || typeof address === "string" ? null : address;
    },
    close() {
      closed = true;
      server.close();
    },
    ref: () => void server.ref(),
    unref: () => void server.unref(),
  };
}

function open(fd: number): Connection {
  const socket = new net.Socket({
    fd,
    readable: true,
    writable: true,
    allowHalfOpen: true,
  });
  return new NodeConnection(
    socket,
    socket.localFamily === undefined ? "pipe" : "tcp",
  );
}

/** `SO_REUSEPORT` came with 22.12 and 23.1; older ones ignore the option. */
function hasReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) ||
    (major === 22 && minor >= 12);
}

const capabilities: Capabilities = {
  sourceAddress: true,
  unreferencedConnect: true,
  // Deno's takes the option, and listens on IPv4 as well.
  ipv6Only: !("Deno" in globalThis),
  reusePort: hasReusePort(),
  backlog: true,
  pipeMode: true,
  listenHandle: true,
  openFd: true,
  cluster: true,
};

/**
 * The backend over the runtime's own public `node:net`.
 *
 * @example
 * ```ts ignore
 * net.connect({ port: 8080, adapter: nodeAdapter });
 * ```
 */
export const nodeAdapter: RuntimeAdapter = {
  name: "node",
  capabilities,
  connect,
  listen,
  open,
};

/**
 * A bound handle of the runtime's own `node:net`, which `listen` takes; or
 * the negative number of the error. Known to packages as
 * `net._createServerHandle`.
 *
 * @throws {TypeError} `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where the
 * runtime's `node:net` has no such function.
 */
export function createServerHandle(
  address: string | null,
  port: number,
  addressType: number,
  fd?: number,
  flags?: number,
): object | number {
  const { _createServerHandle } = net as unknown as {
    _createServerHandle?: typeof createServerHandle;
  };
  if (!_createServerHandle) {
    throw featureUnavailable("_createServerHandle", "this runtime");
  }
  return _createServerHandle(address, port, addressType, fd, flags);
}
