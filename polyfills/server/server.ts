/**
 * `net.Server`: accepts connections from a listener of a runtime adapter.
 *
 * @module
 */
import {
  addAbortListener,
  captureRejectionSymbol,
  EventEmitter,
} from "node:events";
import { channel } from "node:diagnostics_channel";
import { getDefaultHighWaterMark } from "node:stream";
import type {
  Binding,
  Connection,
  Listener,
  ListenTarget,
  RuntimeAdapter,
} from "../../runtime/adapter.ts";
import {
  adapterOf,
  nativeServerPrototype,
  nativeSocketPrototype,
} from "../../runtime/select.ts";
import { acceptedSockets } from "./accepted_sockets.ts";
import { detachBinding } from "../bound_socket.ts";
import { callable, callableBase } from "../node/callable.ts";
import { hideInherited } from "../node/native_standing.ts";
import {
  invalidArgType,
  serverAlreadyListen,
  serverNotRunning,
} from "../node/errors.ts";
import { isIP } from "../address/ip.ts";
import {
  type BoundTarget,
  type HostTarget,
  listenRequest,
} from "./listen_request.ts";
import { ListenerSink, type ObservableListener } from "./listener_sink.ts";
import type {
  AddressFilter,
  AddressInfo,
  DropArgument,
  ListenOptions,
  ServerOpts,
} from "../options.ts";
import { defaultLookup, withPort } from "../connect/lookup.ts";
import { type AcceptedOptions, Socket } from "../socket/socket.ts";
import { toSeconds, validateBlockList } from "../socket/stream_options.ts";
import type {
  StaticsOf,
  TypedEvents,
  TypedListener,
} from "../node/typed_events.ts";
import { validateAbortSignal, validateNumber } from "../node/validators.ts";
import { nextTick } from "../../runtime/timers.ts";
import { type SocketList, WorkerConnections } from "./worker_connections.ts";

const serverSocketChannel = channel("net.server.socket");
// The events of a tracing channel that `listen` publishes.
const listenStart = channel("tracing:net.server.listen:asyncStart");
const listenEnd = channel("tracing:net.server.listen:asyncEnd");
const listenFailure = channel("tracing:net.server.listen:error");

/** The base class of a server: an emitter with the events of a server. */
export const EmitterBase:
  & StaticsOf<typeof EventEmitter>
  & (new () => TypedEvents<ServerEventMap> & EventEmitter) = callableBase(
    EventEmitter,
    nativeServerPrototype,
  );

/** A listener of `'connection'`. */
export type ConnectionListener = (socket: Socket<Server>) => void;

/** Whether an IPv6 address is link-local, and so of no use without a zone. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(address);
}

/** Events of a server and the arguments of their listeners. */
export interface ServerEventMap {
  /** No longer listening, and all connections are closed. */
  close: [];
  /** A peer connected. */
  connection: [socket: Socket<Server>];
  /** A connection was refused because of `maxConnections`. */
  drop: [data?: DropArgument];
  /** Listening or accepting failed. */
  error: [error: Error];
  /** Bound, and accepting. */
  listening: [];
}

/** Both ends of a connection, under the names that `'drop'` has for them. */
function dropArgument(connection: Connection): DropArgument | undefined {
  if (connection.kind === "pipe") return undefined;
  const local = connection.localEndpoint();
  const remote = connection.remoteEndpoint();
  const data: DropArgument = Object.create(null);
  return Object.assign(data, {
    localAddress: local?.address,
    localPort: local?.port,
    localFamily: local?.family,
    remoteAddress: remote?.address,
    remotePort: remote?.port,
    remoteFamily: remote?.family,
  });
}

/**
 * A TCP or IPC server.
 *
 * @example A limit for connections, and the peers refused because of it
 * ```ts
 * import net from "@isonet/net";
 *
 * const server = new net.Server((socket) => socket.end("hello"));
 * server.maxConnections = 0;
 * server.on("drop", (peer) => {
 *   console.log(`dropped ${peer?.remoteAddress}`); // dropped 127.0.0.1
 *   server.close();
 * });
 * server.listen(0, "127.0.0.1", () => {
 *   const { port } = server.address() as net.AddressInfo;
 *   net.connect(port, "127.0.0.1").resume();
 * });
 * ```
 *
 * @see Node's page, "Class: net.Server"
 */
export class Server extends EmitterBase {
  /** As {@linkcode ServerOpts.allowHalfOpen}. */
  allowHalfOpen: boolean;
  /** As {@linkcode ServerOpts.pauseOnConnect}. */
  pauseOnConnect: boolean;
  /** As {@linkcode ServerOpts.noDelay}. */
  noDelay: boolean;
  /** As {@linkcode ServerOpts.keepAlive}. */
  keepAlive: boolean;
  /** As {@linkcode ServerOpts.keepAliveInitialDelay}, but in whole seconds. */
  keepAliveInitialDelay: number;
  /** As {@linkcode ServerOpts.highWaterMark}. */
  highWaterMark: number;
  /** As {@linkcode ServerOpts.blockList}. */
  declare blockList?: AddressFilter | undefined;
  /** Connections above this number are dropped; 0 drops all. Unset: no limit. */
  declare maxConnections: number;
  /**
   * In a cluster worker: drop connections above the limit instead of passing
   * them to another worker.
   */
  declare dropMaxConnection: boolean;
  /**
   * Never set. Node has removed it.
   *
   * @deprecated Use {@linkcode Server.getConnections}.
   */
  declare connections: number;
  /** The number of open connections. */
  _connections: number;
  /** Family, address and port, by which Node's cluster module finds a listener. */
  declare _connectionKey?: string;
  /** Path of an IPC server. */
  declare _pipeName?: string;

  readonly #adapter: RuntimeAdapter;
  #listener: Listener | null = null;
  /** Whether the host to listen on is being looked up. */
  #resolving = false;
  #referenced = true;
  /** Made when the first connection is passed on to another process. */
  #workers: WorkerConnections | undefined;
  /** Listeners that are closed, but whose address is not free yet. */
  #unbinding = 0;
  /** How many times to emit `'close'` once it is. */
  #closesWhenUnbound = 0;
  /** Counts calls of `listen` and `close`, so that late results are ignored. */
  #generation = 0;

  /**
   * Make a server. {@linkcode Server.listen} starts it.
   *
   * @param options See {@linkcode ServerOpts}.
   * @param connectionListener Added to `'connection'`.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for options of a wrong type.
   */
  constructor(connectionListener?: ConnectionListener);
  /** Make a server with options. */
  constructor(options?: ServerOpts, connectionListener?: ConnectionListener);
  constructor(
    options?: ServerOpts | ConnectionListener,
    connectionListener?: ConnectionListener,
  ) {
    super();
    if (typeof options === "function") {
      connectionListener = options;
      options = {};
    } else if (options != null && typeof options !== "object") {
      throw invalidArgType("options", "Object", options);
    }
    const given = options ?? {};
    if (typeof connectionListener === "function") {
      this.on("connection", connectionListener);
    }
    const { keepAliveInitialDelay, highWaterMark } = given;
    if (keepAliveInitialDelay !== undefined) {
      validateNumber(keepAliveInitialDelay, "options.keepAliveInitialDelay");
    }
    if (highWaterMark !== undefined) {
      validateNumber(highWaterMark, "options.highWaterMark");
    }
    this._connections = 0;
    this.allowHalfOpen = given.allowHalfOpen || false;
    this.pauseOnConnect = Boolean(given.pauseOnConnect);
    this.noDelay = Boolean(given.noDelay);
    this.keepAlive = Boolean(given.keepAlive);
    this.keepAliveInitialDelay = toSeconds(keepAliveInitialDelay);
    this.highWaterMark = highWaterMark !== undefined && highWaterMark >= 0
      ? highWaterMark
      : getDefaultHighWaterMark(false);
    if (given.blockList) {
      validateBlockList(given.blockList, "options.blockList");
      this.blockList = given.blockList;
    }
    this.#adapter = adapterOf(given);
  }

  /**
   * Start listening on a port and host, a path, a descriptor, a handle, or any
   * free port. `'listening'` or `'error'` follows.
   *
   * @throws {Error} `ERR_SERVER_ALREADY_LISTEN` if the server is listening, or
   * is about to.
   * @throws {TypeError} `ERR_INVALID_ARG_VALUE` without port, path or handle.
   * @throws {RangeError} `ERR_SOCKET_BAD_PORT` for a port outside 0 to 65535.
   *
   * @example
   * ```ts
   * import net from "@isonet/net";
   *
   * const server = net.createServer();
   * server.on("error", (error) => console.log(String(error)));
   * server.listen({ host: "127.0.0.1", port: 0, backlog: 64 }, () => {
   *   console.log(server.address()); // address, family and the port it got
   *   server.close();
   * });
   * ```
   */
  listen(
    port?: number,
    hostname?: string,
    backlog?: number,
    listeningListener?: () => void,
  ): this;
  /** Listen on a port of an address or host name. */
  listen(
    port?: number,
    hostname?: string,
    listeningListener?: () => void,
  ): this;
  /** Listen on a port of every interface. */
  listen(
    port?: number,
    backlog?: number,
    listeningListener?: () => void,
  ): this;
  /** Listen on a port of every interface; without one, on any free port. */
  listen(port?: number, listeningListener?: () => void): this;
  /** Listen on a path, with a length of the accept queue. */
  listen(path: string, backlog?: number, listeningListener?: () => void): this;
  /** Listen on a path. */
  listen(path: string, listeningListener?: () => void): this;
  /** Listen as the options say. */
  listen(options: ListenOptions, listeningListener?: () => void): this;
  /** Listen where a server, socket or handle is bound already. */
  listen(
    handle: object,
    backlog?: number,
    listeningListener?: () => void,
  ): this;
  /** Listen where a server, socket or handle is bound already. */
  listen(handle: object, listeningListener?: () => void): this;
  listen(...args: unknown[]): this {
    const { given, options, listener, target } = listenRequest(args);
    // Up to 26, Node throws only once the first address is bound, against its
    // page (https://github.com/nodejs/node/pull/64871).
    if (this.#listener || this.#resolving) throw serverAlreadyListen();
    if (listenStart.hasSubscribers) {
      listenStart.publish({ server: this, options: given });
    }
    if (listener !== null) this.once("listening", listener);
    this.#generation++;
    this.#stopOnAbort(options);
    const bindTo = target();
    if (bindTo.kind === "pipe") this._pipeName = bindTo.path;
    if (bindTo.kind === "host") this.#resolveAndBind(bindTo);
    else if (bindTo.kind === "bound") this.#useBound(bindTo);
    else this.#bind(bindTo);
    return this;
  }

  #useBound({ socket, backlog }: BoundTarget): void {
    const { binding, path } = detachBinding(socket, this.#adapter);
    if (path !== undefined) this._pipeName = path;
    this.#bind({ kind: "handle", handle: socket, backlog }, binding);
  }

  /**
   * Call the listeners of an event. A socket of the runtime's own `net` that is
   * passed to those of `'connection'`, as a process receives one from another,
   * becomes one of this package. Anything else stays what it is.
   */
  override emit<E extends keyof ServerEventMap>(
    eventName: E,
    ...args: Parameters<TypedListener<ServerEventMap, E>>
  ): boolean;
  /** Call the listeners of an event of any other name. */
  override emit(eventName: string | symbol, ...args: unknown[]): boolean;
  override emit(eventName: string | symbol, ...args: unknown[]): boolean {
    if (eventName === "connection") args[0] = this.#adopt(args[0]);
    return EventEmitter.prototype.emit.call(this, eventName, ...args);
  }

  #adopt(socket: unknown): unknown {
    const isNative = typeof socket === "object" && socket !== null &&
      Object.getPrototypeOf(socket) === nativeSocketPrototype;
    if (!isNative || !this.#adapter.wrap) return socket;
    const options: object = {
      handle: socket,
      allowHalfOpen: this.allowHalfOpen,
      pauseOnCreate: this.pauseOnConnect,
      adapter: this.#adapter,
    };
    return new Socket(options);
  }

  #stopOnAbort({ signal }: ListenOptions): void {
    if (signal === undefined) return;
    validateAbortSignal(signal, "options.signal");
    const stop = () => void this.close();
    if (signal.aborted) {
      nextTick(stop);
    } else {
      const disposable = addAbortListener(signal, stop);
      this.once("close", () => disposable[Symbol.dispose]());
    }
  }

  #resolveAndBind({ host, target }: HostTarget): void {
    const generation = this.#generation;
    const lookup = defaultLookup(this.#adapter);
    const query = withPort(lookup, { all: true }, target.port);
    lookup(host, query, (error, found) => {
      if (generation !== this.#generation) return;
      this.#resolving = false;
      if (error) {
        this.emit("error", error);
        return;
      }
      const addresses = found as { address: string }[];
      const { address } = addresses.find(({ address }) =>
        !isLinkLocal(address)
      ) ??
        addresses[0]!;
      this.#bind({ ...target, address, host });
    });
    // Not before the call, which throws for a host that is no string.
    this.#resolving = true;
  }

  #bind(
    target: ListenTarget,
    from: RuntimeAdapter | Binding = this.#adapter,
  ): void {
    const generation = this.#generation;
    const sink = new ListenerSink(this, {
      isCurrent: () => generation === this.#generation,
      succeed: () => {
        this.#publishSuccess();
        this.#onListening();
      },
      fail: (error) => {
        this.#listener = null;
        this.#publishFailure(error);
      },
      unbound: () => this.#onUnbound(),
    });
    const onconnection = (_error: number, connection: Connection) =>
      this.#onConnection(connection);
    let listener: ObservableListener;
    try {
      listener = sink.listener = Object.assign(
        from.listen(target, sink),
        { onconnection },
      );
    } catch (error) {
      this.#publishFailure(error as Error);
      nextTick(() => this.emit("error", error));
      return;
    }
    this.#listener = listener;
    this._connectionKey = connectionKey(target, listener);
    if (!this.#referenced) listener.unref();
    if (listener.pending) return;
    this.#publishSuccess();
    nextTick(() => {
      if (generation === this.#generation) this.#onListening();
    });
  }

  #publishSuccess(): void {
    if (listenEnd.hasSubscribers) {
      listenEnd.publish({ server: this });
    }
  }

  #publishFailure(error: Error): void {
    if (listenFailure.hasSubscribers) {
      listenFailure.publish({ server: this, error });
    }
  }

  #onListening(): void {
    if (this.#listener) this.emit("listening");
  }

  /** Whether to accept a connection; emits `'drop'` if there are too many. */
  #admits(connection: Connection): boolean {
    const { maxConnections } = this;
    if (maxConnections == null || this._connections < maxConnections) {
      return !this.#isBlocked(connection);
    }
    const data = dropArgument(connection);
    if (data) this.emit("drop", data);
    else this.emit("drop");
    return false;
  }

  #onConnection(connection: Connection): void {
    let admitted = false;
    // A listener of 'drop' and a block list may throw.
    try {
      admitted = this.#admits(connection);
    } finally {
      if (!admitted) connection.close();
    }
    if (!admitted) return;
    const options: AcceptedOptions & {
      readableHighWaterMark: number;
      writableHighWaterMark: number;
    } = {
      handle: connection,
      allowHalfOpen: this.allowHalfOpen,
      pauseOnCreate: this.pauseOnConnect,
      readableHighWaterMark: this.highWaterMark,
      writableHighWaterMark: this.highWaterMark,
      adapter: this.#adapter,
    };
    const socket = new Socket<Server>(options);
    if (this.noDelay) socket.setNoDelay(true);
    if (this.keepAlive) {
      socket.setKeepAlive(true, this.keepAliveInitialDelay * 1000);
    }
    this._connections++;
    socket.server = this;
    socket._server = this;
    this.emit("connection", socket);
    if (serverSocketChannel.hasSubscribers) {
      serverSocketChannel.publish({ socket });
    }
  }

  #isBlocked(connection: Connection): boolean {
    const { blockList } = this;
    if (!blockList || connection.kind === "pipe") return false;
    const address = connection.remoteEndpoint()?.address;
    const family = isIP(address);
    // The system forgets the address of a peer that resets before it is
    // accepted. So it might be any, and it has sent bytes perhaps.
    return family === 0 || blockList.check(address!, `ipv${family}`);
  }

  /**
   * Stop accepting connections. Open connections stay open; `'close'` is emitted
   * when the last of them is closed.
   *
   * @param callback Called once with `'close'`, and with an
   * `ERR_SERVER_NOT_RUNNING` error if the server was not listening.
   */
  close(callback?: (error?: Error) => void): this {
    this.#generation++;
    this.#resolving = false;
    const { listening } = this;
    if (typeof callback === "function") {
      this.once(
        "close",
        listening ? callback : () => callback(serverNotRunning()),
      );
    }
    // A pending one is closed by its sink, which still reports a failure.
    if (listening && this.#listener!.close() === false) this.#unbinding++;
    this.#listener = null;
    if (this.#workers) this.#closeWorkers(this.#workers);
    else this._emitCloseIfDrained();
    return this;
  }

  #closeWorkers(workers: WorkerConnections): void {
    // Counts as one of the connections, so that 'close' waits for the workers.
    this._connections++;
    workers.close(() => {
      this._connections--;
      this._emitCloseIfDrained();
    });
  }

  /**
   * Count the connections on this list, too: they are about to be passed on to
   * another process. Called by `child_process`.
   */
  _setupWorker(list: SocketList): void {
    this.#workers ??= new WorkerConnections();
    this.#workers.add(list);
  }

  /** The lists that count, one for each process. */
  get _workers(): readonly SocketList[] {
    return this.#workers?.lists ?? [];
  }

  /** Whether connections have been passed on to another process. */
  get _usingWorkers(): boolean {
    return this.#workers !== undefined;
  }

  /** Stop accepting and wait for `'close'`. Resolves at once if not listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.close((error) => error ? reject(error) : resolve());
    });
  }

  /**
   * Iterates over the connections from now on, instead of `'connection'`. Ends
   * with `'close'` and throws on `'error'`. The server does not wait for the loop
   * before it accepts the next connection: handle each socket in a task of its
   * own, and set `maxConnections` to limit their number.
   *
   * @example
   * ```ts
   * import net from "@isonet/net";
   *
   * const server = net.createServer().listen(0, "127.0.0.1", () => {
   *   const { port } = server.address() as net.AddressInfo;
   *   net.connect(port, "127.0.0.1").resume();
   * });
   * for await (const socket of server) {
   *   socket.end("hello");
   *   server.close(); // which ends the loop
   * }
   * ```
   *
   * @see Node's page, "server[Symbol.asyncIterator]()"; experimental there
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Socket<Server>> {
    return acceptedSockets(this);
  }

  /** Emit `'close'` in the next tick unless a listener or connection is open. */
  _emitCloseIfDrained(): void {
    if (this.#listener || this._connections > 0) return;
    // Whoever waits for 'close' may want to listen on the address.
    if (this.#unbinding > 0) this.#closesWhenUnbound++;
    else nextTick(() => this.emit("close"));
  }

  #onUnbound(): void {
    this.#unbinding--;
    while (this.#unbinding === 0 && this.#closesWhenUnbound > 0) {
      this.#closesWhenUnbound--;
      this.emit("close");
    }
  }

  /** Whether the server accepts connections. */
  get listening(): boolean {
    return this.#listener !== null && !this.#listener.pending;
  }

  /**
   * The native handle of the listener, which `process.send()` passes to another
   * process; or the listener itself where there is none.
   */
  get _handle(): object | null {
    if (!this.listening) return null;
    return this.#listener!.handle ?? this.#listener;
  }

  /**
   * The bound address of a TCP server, the path of an IPC server, or `null`
   * before `'listening'`.
   */
  address(): AddressInfo | string | null {
    const endpoint = this.listening ? this.#listener!.endpoint() : null;
    return endpoint ? { ...endpoint } : this._pipeName ?? null;
  }

  /**
   * Count the open connections.
   *
   * @param callback Called in the next tick.
   *
   * @example
   * ```ts
   * import net from "@isonet/net";
   *
   * const server = net.createServer();
   * server.getConnections((_error, count) => console.log(count)); // 0
   * ```
   */
  getConnections(
    callback: (error: Error | null, count: number) => void,
  ): this {
    const report = nextTick.bind(undefined, callback);
    if (this.#workers) this.#workers.count(this._connections, report);
    else report(null, this._connections);
    return this;
  }

  /** Let the server keep the process alive (the default). */
  ref(): this {
    this.#referenced = true;
    this.#listener?.ref();
    return this;
  }

  /** Do not let the server keep the process alive. */
  unref(): this {
    this.#referenced = false;
    this.#listener?.unref();
    return this;
  }
}

/**
 * Handles the rejection of an `async` listener: destroys the socket if it was a
 * listener of `'connection'`, and emits `'error'` otherwise.
 */
function onRejection(
  this: Server,
  error: Error,
  event: string | symbol,
  ...args: unknown[]
): void {
  if (event === "connection") (args[0] as Socket).destroy(error);
  else this.emit("error", error);
}
Object.defineProperty(Server.prototype, captureRejectionSymbol, {
  value: onRejection,
  configurable: true,
  writable: true,
});

hideInherited(Server.prototype, nativeServerPrototype);

function connectionKey(target: ListenTarget, listener: Listener): string {
  if (target.kind !== "tcp") {
    return `-1:${target.kind === "pipe" ? target.path : "null"}:-1`;
  }
  const address = listener.endpoint()?.address ?? target.address;
  return `${isIP(address)}:${address}:${target.port}`;
}

/** What {@linkcode Server} is besides a class: a function. */
export interface ServerCall {
  /** As with `new`. */
  (connectionListener?: ConnectionListener): Server;
  /** As with `new`. */
  (options?: ServerOpts, connectionListener?: ConnectionListener): Server;
}

// As for `Socket`: exported as the function that stands for the class.
// @ts-expect-error: Cannot assign to 'Server' because it is a class.
Server = callable(
  Server,
  (construct) =>
    function Server(this: unknown, options?: never, listener?: never): object {
      return construct(this, new.target, options, listener);
    },
  nativeServerPrototype,
);

/**
 * Make a TCP or IPC server.
 *
 * @param options See {@linkcode ServerOpts}.
 * @param connectionListener Added to `'connection'`.
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for options of a wrong type.
 *
 * @example An echo server
 * ```ts
 * import net from "@isonet/net";
 *
 * const server = net.createServer((socket) => socket.pipe(socket));
 * server.listen(0, "127.0.0.1", () => server.close());
 * ```
 */
export function createServer(connectionListener?: ConnectionListener): Server;
/** Make a TCP or IPC server with options. */
export function createServer(
  options?: ServerOpts,
  connectionListener?: ConnectionListener,
): Server;
export function createServer(
  options?: ServerOpts | ConnectionListener,
  connectionListener?: ConnectionListener,
): Server {
  return new Server(options as ServerOpts, connectionListener);
}
