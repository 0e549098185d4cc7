/**
 * `net.Socket`: a stream over a connection of a runtime adapter.
 *
 * @module
 */
import { channel } from "node:diagnostics_channel";
import { addAbortSignal, Duplex } from "node:stream";
import type {
  Connection,
  Endpoint,
  RuntimeAdapter,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import {
  adapterOf,
  idleTimerSymbol,
  nativeSocketPrototype,
} from "../../runtime/select.ts";
import {
  detachBinding,
  type DetachedBinding,
  isBoundSocket,
} from "../bound_socket.ts";
import { callable, callableBase } from "../node/callable.ts";
import { hideInherited } from "../node/native_standing.ts";
import { Connector } from "../connect/connector.ts";
import type { ConnectProgress } from "../connect/progress.ts";
import {
  endedByPeer,
  invalidHandleType,
  missingArgs,
  socketClosed,
  socketClosedBeforeConnection,
} from "../node/errors.ts";
import { IdleTimer, validateDelay } from "./idle_timer.ts";
import { guardClose } from "./close_guard.ts";
import { ConnectionEnd, type WriteCallback } from "./connection_end.ts";
import { mayWriteDirectly, noteStreamMethods } from "./direct_way.ts";
import { isNormalized, normalizeArgs } from "../node/argument_forms.ts";
import { UserBuffer } from "./onread.ts";
import type {
  AddressFilter,
  AddressInfo,
  BoundSocketLike,
  NetConnectOpts,
  SetKeepAliveOptions,
  SocketConnectOpts,
  SocketConstructorOpts,
  SocketReadyState,
} from "../options.ts";
import { SocketSettings } from "./settings.ts";
import type { SocketServer } from "./socket_server.ts";
import { standIn } from "./stand_in.ts";
import { streamOptions, validateBlockList } from "./stream_options.ts";
import { nextTick, setImmediate } from "../../runtime/timers.ts";
import type { SocketStreamClass } from "./socket_stream.ts";
import { forgetUnread } from "./unread.ts";
import {
  validateAbortSignal,
  validateFunction,
  validateInt32,
  validateString,
} from "../node/validators.ts";
import {
  type BufferedWrite,
  byteLength,
  type WriteData,
} from "./write_data.ts";

/** The options of a socket, with those that only a server gives. */
export interface AcceptedOptions extends Omit<SocketConstructorOpts, "handle"> {
  /** The accepted connection, or a bound socket to connect from. */
  handle?: Connection | BoundSocketLike | undefined;
  /** Start paused. */
  pauseOnCreate?: boolean;
}

const clientSocketChannel = channel("net.client.socket");

const streamWrite = Duplex.prototype.write as (
  this: unknown,
  ...args: unknown[]
) => boolean;

/**
 * The base class of a socket: a stream with the events of a socket. The
 * prototype of the runtime's own sockets stands between the two in name only,
 * so methods of the stream are called by name, not by `super`.
 */
export const StreamBase: SocketStreamClass = callableBase(
  Duplex,
  nativeSocketPrototype,
);

/**
 * A TCP socket or a streaming IPC endpoint.
 *
 * @example A half-open connection: this side has ended, the other still sends
 * ```ts
 * import net from "@isonet/net";
 *
 * const server = net.createServer({ allowHalfOpen: true }, (peer) => {
 *   peer.resume().on("end", () => peer.end("after your end"));
 * });
 * server.listen(0, "127.0.0.1", () => {
 *   const { port } = server.address() as net.AddressInfo;
 *   const socket = new net.Socket().connect(port, "127.0.0.1", () => {
 *     socket.end("mine");
 *     console.log(socket.readyState); // readOnly
 *   });
 *   socket.on("data", (data) => console.log(String(data)));
 *   socket.on("close", () => server.close());
 * });
 * ```
 *
 * @typeParam Accepting The class of the servers that accept such sockets.
 *
 * @see Node's page, "Class: net.Socket"
 */
export class Socket<Accepting extends SocketServer = SocketServer>
  extends StreamBase {
  /** `true` from `connect()` until it has succeeded or failed. */
  declare connecting: boolean;
  /** The server that accepted this socket, or `null`. */
  declare server: Accepting | null;
  /** The server that counts this socket as one of its connections. */
  declare _server: Accepting | null;
  /** The idle time in milliseconds set by `setTimeout`. */
  declare timeout?: number;
  /** `$IP:$PORT` of the addresses attempted, if there were several. */
  declare autoSelectFamilyAttemptedAddresses: string[];
  /** Addresses that must not be connected to. */
  declare blockList?: AddressFilter | undefined;
  /** Whether `destroy` sends a RST. */
  declare resetAndClosing: boolean;
  /** The socket that this one wraps, or `null`; its timer is refreshed too. */
  declare _parent: Socket | null;
  /** The host name of the last connect; `tls` verifies it in a certificate. */
  declare _host: string | null;
  /** This end's numeric address. */
  declare readonly localAddress?: string;
  /** This end's port. */
  declare readonly localPort?: number;
  /** `"IPv4"` or `"IPv6"`. */
  declare readonly localFamily?: string;

  static {
    // `@types/node` has these as optional properties, which a getter cannot be
    // under `exactOptionalPropertyTypes`.
    const local = (key: keyof Endpoint): PropertyDescriptor => ({
      get(this: Socket) {
        return this.#localEndpoint()?.[key];
      },
      configurable: true,
    });
    Object.defineProperties(this.prototype, {
      localAddress: local("address"),
      localPort: local("port"),
      localFamily: local("family"),
    });
  }

  readonly #adapter: RuntimeAdapter;
  readonly #end: ConnectionEnd;
  #connector: Connector | null = null;
  /** What a bound socket held: where to connect from. The path is kept. */
  #source: Partial<DetachedBinding> | undefined;
  #idle: IdleTimer | undefined;
  #isPipe = false;
  /**
   * Whether `'connect'` is being emitted. A `tls` that was laid over the socket
   * before then takes any handle that it finds for a native one.
   */
  #isAnnouncing = false;
  /** Whether somebody has asked for the handle before there was a connection. */
  #isHandleAwaited = false;
  #settings: SocketSettings | undefined;
  /** The data and encoding of a write that waits for the connection. */
  #waiting: [WriteData, BufferEncoding] | null = null;
  #local: Endpoint | null = null;
  #remote: Endpoint | null = null;

  /**
   * Make a socket. {@linkcode Socket.connect} connects it.
   *
   * @param options See {@linkcode SocketConstructorOpts}; a number is a file
   * descriptor.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` or
   * `ERR_INVALID_FD_TYPE` for options that make no sense.
   */
  constructor(options?: SocketConstructorOpts | number);
  /** Used by the server. */
  constructor(options: AcceptedOptions);
  constructor(options?: AcceptedOptions | number) {
    super(streamOptions(options));
    const given: AcceptedOptions = typeof options === "number"
      ? { fd: options }
      : options ?? {};
    this.connecting = false;
    this.server = null;
    this._server = null;
    this._parent = null;
    this._host = null;
    this.#adapter = adapterOf(given);
    this.#end = new ConnectionEnd(this, UserBuffer.from(this, given.onread));
    this.#settings = SocketSettings.from(given);
    this.on("end", onReadableEnd);
    if (this.#adapter.takesAnyHandle) guardClose(this);

    if (isBoundSocket(given.handle)) {
      this.#source = detachBinding(given.handle, this.#adapter);
    } else if (given.handle) {
      this.#attach(this.#toConnection(given.handle));
    } else if (given.fd !== undefined) {
      validateInt32(given.fd, "fd", 0);
      this.#attach(this.#adapter.open(given.fd));
    }
    if (this.#connection && given.readable !== false) {
      if (given.pauseOnCreate) {
        (this as { readableFlowing: boolean | null }).readableFlowing = false;
      } else {
        this.read(0);
      }
    }
    if (given.signal) {
      validateAbortSignal(given.signal, "signal");
      addAbortSignal(given.signal, this);
      // As in Node: if it is aborted already, the error is emitted, and a later
      // connect starts with a fresh stream.
      if (given.signal.aborted) this.#renew();
    }
    if (given.blockList) {
      validateBlockList(given.blockList, "options.blockList");
      this.blockList = given.blockList;
    }
  }

  get #connection(): Connection | null {
    return this.#end.connection;
  }

  /** The server gives a connection; others have a native socket or handle. */
  #toConnection(handle: object): Connection {
    const isConnection = typeof (handle as Connection).attach === "function";
    const wrapped = isConnection ? undefined : this.#adapter.wrap?.(handle);
    return wrapped ?? handle as Connection;
  }

  /** Read from and write to this connection from now on. */
  #attach(connection: Connection): void {
    this.#isPipe = connection.kind === "pipe";
    this.#end.attach(connection);
  }

  // Reading

  /** Called by the stream when it wants data. */
  override _read(size: number): void {
    if (this.connecting || !this.#connection) {
      this.#onceBeforeClose("connect", () => this._read(size));
    } else {
      this.#end.start();
    }
  }

  /** Stop `'data'` events (or `onread` callbacks) until {@linkcode resume}. */
  override pause(): this {
    if (this.#end.bypassesStream && !this.connecting) {
      this.#end.stop();
    }
    return Duplex.prototype.pause.call(this) as this;
  }

  /** Start `'data'` events (or `onread` callbacks) again. */
  override resume(): this {
    if (this.#end.bypassesStream && !this.connecting) {
      this.#end.start();
    }
    return Duplex.prototype.resume.call(this) as this;
  }

  /** Take bytes out of the read buffer; see `stream.Readable`. */
  override read(size?: number): ReturnType<Duplex["read"]> {
    if (this.#end.bypassesStream && !this.connecting) {
      this.#end.start();
    }
    return Duplex.prototype.read.call(this, size);
  }

  // Writing

  /**
   * Send bytes, or text.
   *
   * @param data What to send. Bytes must not be changed before they are sent.
   * @param callback Called when they are handed to the system, or with the
   * error that prevented it.
   * @returns `false` if the caller should wait for `'drain'` before the next.
   */
  override write(
    data: Uint8Array | string,
    callback?: (error?: Error | null) => void,
  ): boolean;
  /** Send text in an encoding. */
  override write(
    data: Uint8Array | string,
    encoding?: BufferEncoding,
    callback?: (error?: Error | null) => void,
  ): boolean;
  override write(
    data: unknown,
    encoding?: unknown,
    callback?: unknown,
  ): boolean {
    if (
      callback === undefined && this.#end.isFree && !this.connecting &&
      mayWriteDirectly(this, data, encoding)
    ) {
      this._unrefTimer();
      const text = encoding === "latin1" ? "latin1" : "utf8";
      if (this.#end.writeAhead(data, text)) return true;
    }
    return streamWrite.call(this, data, encoding, callback);
  }

  /** Called by the stream with a chunk. */
  override _write(
    chunk: Uint8Array | string,
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    this.#dispatch(chunk, encoding, callback);
  }

  /** Called by the stream with several chunks. */
  override _writev(chunks: BufferedWrite[], callback: WriteCallback): void {
    this.#dispatch(chunks, "utf8", callback);
  }

  #dispatch(
    data: WriteData,
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    if (this.connecting) {
      this.#dispatchOnceConnected(data, encoding, callback);
      return;
    }
    this.#waiting = null;
    if (!this.#connection) {
      callback(socketClosed());
      return;
    }
    this._unrefTimer();
    this.#end.write(data, encoding, callback);
  }

  #dispatchOnceConnected(
    data: WriteData,
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    this.#waiting = [data, encoding];
    this.#onceBeforeClose(
      "connect",
      () => this.#dispatch(data, encoding, callback),
      () => callback(socketClosedBeforeConnection()),
    );
  }

  /** Called by the stream after its last chunk. */
  override _final(callback: WriteCallback): void {
    if (this.connecting) {
      this.#onceBeforeClose("connect", () => this._final(callback));
    } else if (this.#connection) {
      this.#end.end(callback);
    } else if (this.#connector) {
      // The attempt has failed, and the socket is about to be destroyed.
      setImmediate(callback);
    } else {
      callback();
    }
  }

  /**
   * Half-close: send everything written, then a FIN. The peer can still send.
   *
   * @param data A last chunk to write.
   * @param encoding Encoding of `data`, if it is a string.
   * @param callback Called on `'finish'`.
   */
  override end(callback?: () => void): this;
  /** Half-close after a last chunk. */
  override end(data: Uint8Array | string, callback?: () => void): this;
  /** Half-close after a last chunk of text in an encoding. */
  override end(
    data: Uint8Array | string,
    encoding?: BufferEncoding,
    callback?: () => void,
  ): this;
  override end(...args: unknown[]): this {
    (Duplex.prototype.end as (...args: unknown[]) => unknown)
      .apply(this, args);
    return this;
  }

  // Closing

  /** Destroy the socket once everything written has been sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else if (!this.destroyed) {
      this.#onceBeforeClose("finish", () => this.destroy());
    }
  }

  /** Call at the next event of this name, unless the socket closes before. */
  #onceBeforeClose(
    name: "connect" | "finish",
    call: () => void,
    closed?: () => void,
  ): void {
    const onEvent = () => {
      this.off("close", onClose);
      call();
    };
    const onClose = () => {
      // A socket that connects again must not find it.
      this.off(name, onEvent);
      closed?.();
    };
    this.once(name, onEvent).once("close", onClose);
  }

  /**
   * Close with a RST, so that the peer sees `ECONNRESET`. A socket that is
   * still connecting does so as soon as it is connected.
   *
   * @throws {TypeError} `ERR_INVALID_HANDLE_TYPE` on an IPC socket.
   *
   * @example
   * ```ts
   * import net from "@isonet/net";
   *
   * const server = net.createServer((peer) => peer.resetAndDestroy());
   * server.listen(0, "127.0.0.1", () => {
   *   const { port } = server.address() as net.AddressInfo;
   *   const socket = net.connect(port, "127.0.0.1").resume();
   *   socket.on("error", (error) => console.log(error.message)); // read ECONNRESET
   *   socket.on("close", () => server.close());
   * });
   * ```
   */
  resetAndDestroy(): this {
    if (!this.#connection && !this.#connector) {
      this.destroy(socketClosed());
      return this;
    }
    if (this.#isPipe) throw invalidHandleType();
    if (this.connecting) this.#onceBeforeClose("connect", () => this._reset());
    else this._reset();
    return this;
  }

  /** Destroy with a RST, now. */
  _reset(): this {
    this.resetAndClosing = true;
    return this.destroy();
  }

  /** Called by `destroy`, once. */
  override _destroy(
    error: Error | null,
    callback: (error?: Error | null) => void,
  ): void {
    this.connecting = false;
    this.#idle?.clear();
    for (let s = this._parent; s != null; s = s._parent) s.#idle?.clear();
    const connection = this.#connection;
    const connector = this.#connector;
    const hadError = error != null;
    this.#connector = null;
    this.#local = null;
    if (!connector && !connection) this.#source?.binding?.close();
    this.#dropBinding();
    this.#end.detach(hadError);
    if (connection) {
      if (this.resetAndClosing) {
        this.resetAndClosing = false;
        connection.reset();
      } else {
        connection.close();
      }
    } else {
      connector?.abort();
    }
    callback(error);
    // A connection reports when it is closed, and its end emits 'close' then.
    // 'error' is a tick, and after an exception ticks wait for an immediate.
    if (connector) {
      setImmediate(nextTick, () => this.#end.emitClose(hadError));
    } else if (!connection) {
      nextTick(() => this.#end.emitClose());
    }
    if (this._server) {
      this._server._connections--;
      this._server._emitCloseIfDrained();
    }
  }

  // Connecting

  /**
   * Connect to a port, to a path, or as the options say.
   *
   * @param options Where to connect, and how.
   * @param connectListener Added to `'connect'` once.
   * @returns The socket itself; `'connect'` or `'error'` follows.
   * @throws {TypeError | RangeError} For arguments that Node refuses.
   */
  connect(options: SocketConnectOpts, connectListener?: () => void): this;
  /** Connect to a port of a host. */
  connect(port: number, host: string, connectListener?: () => void): this;
  /** Connect to a port of `localhost`. */
  connect(port: number, connectListener?: () => void): this;
  /** Connect to a path. */
  connect(path: string, connectListener?: () => void): this;
  connect(...args: unknown[]): this {
    const [options, listener] = isNormalized(args[0])
      ? args[0] as ReturnType<typeof normalizeArgs<NetConnectOpts>>
      : normalizeArgs<NetConnectOpts>(args);
    if (clientSocketChannel.hasSubscribers) {
      clientSocketChannel.publish({ socket: this });
    }
    if (listener !== null) this.once("connect", listener as () => void);
    if (this._parent?.connecting) return this;
    const { port, path } = options as { port?: unknown; path?: unknown };
    if (port === undefined && path == null) {
      throw missingArgs(["options", "port", "path"]);
    }
    if (Object.hasOwn(this, "write")) {
      Reflect.deleteProperty(this, "write");
    }
    this.#remote = null;
    this.#local = null;
    if (!this.#connection && !this.#connector) this.#renew();
    this._unrefTimer();
    this.connecting = true;
    const binding = this.#source?.binding;
    this.#isPipe = binding ? binding.kind === "pipe" : Boolean(path);
    if (this.#connection) {
      this.#refuseConnected(options);
      return this;
    }
    this.#connector ??= new Connector(
      this,
      this.#connectProgress(),
      this.#adapter,
      binding,
    );
    if (this.#isPipe) {
      validateString(path, "options.path");
      this.#connector.connectPipe(path);
    } else {
      this.#connector.connectTcp(options as { port: number });
    }
    return this;
  }

  /** What is left for the socket to do as its connector proceeds. */
  #connectProgress(): ConnectProgress {
    return {
      onLookup: (host) => {
        this._host = host;
      },
      onResolved: (attempted) => {
        this._unrefTimer();
        if (attempted) this.autoSelectFamilyAttemptedAddresses = attempted;
      },
      onAttemptOver: () => {
        this.connecting = false;
      },
      onConnect: (connection) => this.#connected(connection),
    };
  }

  /** Reset the stream and the byte counts, before a first or a later connect. */
  #renew(): void {
    if (this.destroyed) forgetUnread(this);
    (this as unknown as { _undestroy(): void })._undestroy();
    this.#waiting = null;
    this.#end.reset();
  }

  /** Fail as connect(2) does on a socket that is connected. */
  #refuseConnected(options: NetConnectOpts): void {
    const { host, port, path } = options as {
      host?: string;
      port?: number;
      path?: string;
    };
    nextTick(() => {
      if (!this.connecting) return;
      this.destroy(
        systemError("EISCONN", "connect", {
          address: path ?? host ?? "127.0.0.1",
          port: Number(port),
          localAddress: this.localAddress,
          localPort: this.localPort,
        }),
      );
    });
  }

  /** Forget the binding: the connector owned it, or it is closed. */
  #dropBinding(): void {
    if (this.#source) this.#source.binding = undefined;
  }

  #connected(connection: Connection): void {
    this.connecting = false;
    this.#dropBinding();
    this.#connector = null;
    this.#attach(connection);
    this._unrefTimer();
    try {
      this.#settings?.apply(connection);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    this.#isAnnouncing = true;
    try {
      this.emit("connect");
    } finally {
      this.#isAnnouncing = this.#isHandleAwaited = false;
    }
    this.emit("ready");
    if (!this.isPaused()) this.read(0);
  }

  // Options of the connection

  /** Made when first needed, since most sockets have none. */
  #settingsToUse(): SocketSettings {
    return this.#settings ??= new SocketSettings();
  }

  /**
   * Emit `'timeout'` after this long without traffic. The socket stays open.
   *
   * @param timeout Milliseconds; 0 turns it off.
   * @param callback Added to `'timeout'` once; removed if `timeout` is 0.
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
   *
   * @example
   * ```ts
   * import net from "@isonet/net";
   *
   * const server = net.createServer((peer) => {
   *   peer.setTimeout(10, () => peer.end("you said nothing"));
   * });
   * server.listen(0, "127.0.0.1", () => {
   *   const { port } = server.address() as net.AddressInfo;
   *   const socket = net.connect(port, "127.0.0.1");
   *   socket.on("data", (data) => console.log(String(data)));
   *   socket.on("close", () => server.close());
   * });
   * ```
   */
  setTimeout(timeout: number, callback?: () => void): this {
    if (this.destroyed) return this;
    this.timeout = timeout;
    const delay = validateDelay(timeout, "msecs");
    if (delay === 0) {
      this.#idle?.stop();
    } else {
      this.#idle ??= new IdleTimer(
        () => this._onTimeout(),
        this.#adapter.timers,
      );
      this.#idle.set(delay);
    }
    if (callback !== undefined) {
      validateFunction(callback, "callback");
      if (delay > 0) this.once("timeout", callback);
      else this.removeListener("timeout", callback);
    }
    return this;
  }

  /** The idle time is over, unless a slow write has progressed. */
  _onTimeout(): void {
    if (this.#end.progressed()) this._unrefTimer();
    else this.emit("timeout");
  }

  /** Something happened: the idle time starts again. */
  _unrefTimer(): void {
    this.#idle?.refresh();
    this._parent?._unrefTimer();
  }

  /**
   * Turn Nagle's algorithm off (`true`, the default) or on. Kept for later
   * if the socket is not connected yet.
   */
  setNoDelay(noDelay?: boolean): this {
    this.#settingsToUse().setNoDelay(this.#connection, noDelay);
    return this;
  }

  /**
   * Turn TCP keep-alive on or off. Kept for later if the socket is not
   * connected yet.
   *
   * @param enable Default `false`; or an object with all four settings.
   * @param initialDelay Milliseconds of silence before the first probe; 0
   * keeps the system's.
   * @param interval Milliseconds between probes, a second or more. Like
   * `count`, it has no effect without a delay of a second or more.
   * @param count Unanswered probes before the connection counts as dead.
   * @throws {TypeError} `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` if `interval`
   * or `count` is given and the runtime cannot set it.
   *
   * @example
   * ```ts
   * import net from "@isonet/net";
   *
   * const socket = new net.Socket();
   * socket.setKeepAlive(true, 60_000); // probe after a silent minute
   * ```
   */
  setKeepAlive(options: SetKeepAliveOptions): this;
  /** Turn TCP keep-alive on or off, with each setting as an argument. */
  setKeepAlive(
    enable?: boolean,
    initialDelay?: number,
    interval?: number,
    count?: number,
  ): this;
  setKeepAlive(
    enable?: boolean | SetKeepAliveOptions,
    initialDelay?: number,
    interval?: number,
    count?: number,
  ): this {
    this.#settingsToUse().setKeepAlive(
      this.#connection,
      typeof enable === "object" && enable
        ? enable
        : { enable: Boolean(enable), initialDelay, interval, count },
    );
    return this;
  }

  /**
   * Set the type of service of outgoing packets (`IP_TOS`, RFC 2474). Kept
   * for later if the socket is not connected yet.
   *
   * @param tos 0 to 255.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`, and
   * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where the runtime cannot set it.
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   */
  setTypeOfService(tos: number): this {
    this.#settingsToUse().setTypeOfService(this.#connection, tos);
    return this;
  }

  /** The type of service of outgoing packets, 0 to 255. */
  getTypeOfService(): number {
    return this.#settingsToUse().getTypeOfService(this.#connection);
  }

  /** Let the socket keep the process alive (the default). */
  ref(): this {
    if (this.#connection) this.#connection.ref();
    else if (this.#connector) this.#connector.setReferenced(true);
    else this.once("connect", this.ref);
    return this;
  }

  /** Do not let the socket keep the process alive. */
  unref(): this {
    if (this.#connection) this.#connection.unref();
    else if (this.#connector) this.#connector.setReferenced(false);
    else this.once("connect", this.unref);
    return this;
  }

  // State

  /** `true` until connected: before `connect()` and during it. */
  get pending(): boolean {
    return this.connecting || !this.#hasConnection;
  }

  /** The state of the socket as one word. */
  get readyState(): SocketReadyState {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  /** As `connecting`. */
  get _connecting(): boolean {
    return this.connecting;
  }

  get #hasConnection(): boolean {
    return Boolean(
      this.#connection ?? this.#connector ?? this.#source?.binding,
    );
  }

  /**
   * The native handle of the connection, which modules of the runtime such as
   * `tls` take over; or what stands in for one where there is none: the
   * connection, the connect in progress, or the bound source address.
   */
  get _handle(): object | null {
    const connection = this.#connection;
    const handle = connection
      ? connection.handle
      : this.#connector
      ? this.#connector.handle
      : this.#source?.binding ?? null;
    if (connection && this.#isAnnouncing) {
      const isLate = this.#isHandleAwaited && connection.isHandleLate;
      return isLate ? null : handle ?? null;
    }
    if (!connection) this.#isHandleAwaited = true;
    return handle === undefined
      ? standIn(connection ?? this.#connector!)
      : handle;
  }

  set _handle(handle: object | null) {
    // Packages set it to `null` to take the connection away. A TLS layer may
    // set the handle that is left to this socket.
    this.#connection?.setHandle?.(handle);
    if (handle !== null) return;
    this.#connector = null;
    this.#end.abandon();
  }

  /**
   * Characters buffered for writing.
   *
   * @deprecated Use `writableLength`.
   */
  get bufferSize(): number {
    return this.#hasConnection
      ? this.writableLength
      : undefined as unknown as number;
  }

  /** Bytes received. */
  get bytesRead(): number {
    return this.#end.bytesRead;
  }

  /** Bytes handed to the system. */
  get _bytesDispatched(): number {
    return this.#end.bytesWritten;
  }

  /** Bytes sent, including those that are still buffered. */
  get bytesWritten(): number {
    const { writableBuffer } = this as unknown as {
      writableBuffer?: BufferedWrite[];
    };
    if (!writableBuffer) return undefined as unknown as number;
    const waiting = this.#waiting ? byteLength(...this.#waiting) : 0;
    return this.#end.bytesWritten + byteLength(writableBuffer, "utf8") +
      waiting;
  }

  // Called by packages and by modules of the runtime

  /** As {@linkcode Socket.address}. */
  _getsockname(): AddressInfo | Record<string, never> {
    return this.address();
  }

  /** The peer's address, or `{}` if there is none. */
  _getpeername(): AddressInfo | Record<string, never> {
    const endpoint = this.#remoteEndpoint();
    return endpoint ? { ...endpoint } : {};
  }

  /** Write one chunk, or what was written while the stream was corked. */
  _writeGeneric(
    writev: boolean,
    data: Uint8Array | string | BufferedWrite[],
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    if (writev) this._writev(data as BufferedWrite[], callback);
    else this._write(data as Uint8Array | string, encoding, callback);
  }

  static {
    // A native socket that wraps this one refreshes the timer it finds here.
    if (idleTimerSymbol) {
      Object.defineProperty(this.prototype, idleTimerSymbol, {
        get(this: Socket) {
          return this.#idle?.timer ?? null;
        },
        configurable: true,
      });
    }
  }

  #localEndpoint(): Endpoint | null {
    if (this.#source) {
      const { path, binding } = this.#source;
      if (path !== undefined) return { address: path } as Endpoint;
      if (binding) return binding.endpoint();
    }
    if (this.#connector) return this.#connector.localEndpoint();
    return this.#local ??= this.#connection?.localEndpoint() ?? null;
  }

  /** Once known, it stays known after the connection is gone. */
  #remoteEndpoint(): Endpoint | null {
    return this.#remote ??= this.#connection?.remoteEndpoint() ?? null;
  }

  /** This end's address, or `{}` if there is none, as on IPC. */
  address(): AddressInfo | Record<string, never> {
    const endpoint = this.#localEndpoint();
    return endpoint ? { ...endpoint } : {};
  }

  /** The peer's numeric address. */
  get remoteAddress(): string | undefined {
    return this.#remoteEndpoint()?.address;
  }

  /** The peer's port. */
  get remotePort(): number | undefined {
    return this.#remoteEndpoint()?.port;
  }

  /** `"IPv4"` or `"IPv6"`. */
  get remoteFamily(): string | undefined {
    return this.#remoteEndpoint()?.family;
  }
}

hideInherited(Socket.prototype, nativeSocketPrototype);
noteStreamMethods(Socket.prototype);

/** Without half-open, the peer's FIN ends this side; later writes fail. */
function onReadableEnd(this: Socket): void {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

function writeAfterEnd(this: Socket, ...args: unknown[]): boolean {
  if (!this.writableEnded) {
    return streamWrite.apply(this, args);
  }
  const error = endedByPeer();
  const callback = args.at(-1);
  if (typeof callback === "function") nextTick(callback, error);
  this.destroy(error);
  return false;
}

/** What {@linkcode Socket} is besides a class: a function. */
export interface SocketCall<Accepting extends SocketServer = SocketServer> {
  /** As with `new`. */
  (options?: SocketConstructorOpts): Socket<Accepting>;
}

// The class is exported as the function that stands for it. A class is a
// variable to JavaScript, though not to TypeScript, and only a class has a page
// with its members in the documentation.
// @ts-expect-error: Cannot assign to 'Socket' because it is a class.
Socket = callable(
  Socket,
  (construct) =>
    function Socket(this: unknown, options?: never): object {
      return construct(this, new.target, options);
    },
  nativeSocketPrototype,
);
