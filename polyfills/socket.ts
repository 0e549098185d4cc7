/**
 * `net.Socket`: a stream over a connection of a runtime adapter.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import { addAbortSignal, Duplex, type DuplexOptions } from "node:stream";
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  RuntimeAdapter,
  WriteResult,
} from "../runtime/adapter.ts";
import { systemError } from "../runtime/errors.ts";
import { getDefaultAdapter } from "../runtime/select.ts";
import { adoptable, callable } from "./callable.ts";
import { Connector, type ConnectorClient } from "./connector.ts";
import {
  endedByPeer,
  invalidArgType,
  invalidArgValue,
  invalidHandleType,
  missingArgs,
  socketClosed,
  socketClosedBeforeConnection,
} from "./errors.ts";
import { IdleTimer, validateDelay } from "./idle_timer.ts";
import { isNormalized, normalizeArgs } from "./normalize_args.ts";
import { UserBuffer } from "./onread.ts";
import type {
  AddressFilter,
  AddressInfo,
  NetConnectOpts,
  SocketConnectOpts,
  SocketConstructorOpts,
  SocketReadyState,
} from "./options.ts";
import type { Server } from "./server.ts";
import {
  validateAbortSignal,
  validateFunction,
  validateInt32,
  validateNumber,
  validateString,
} from "./validators.ts";

type WriteCallback = (error?: Error | null) => void;
type BufferedWrite = { chunk: Uint8Array | string; encoding: BufferEncoding };

/** What the server adds to the options of an accepted socket. */
export interface AcceptedOptions extends SocketConstructorOpts {
  /** The accepted connection. */
  [kConnection]?: Connection;
  /** Start paused. */
  pauseOnCreate?: boolean;
}

/** Option by which the server hands a connection to a socket. */
export const kConnection: unique symbol = Symbol("connection");

/** Options that turn a byte stream into something else. */
const OBJECT_MODES = [
  "objectMode",
  "readableObjectMode",
  "writableObjectMode",
] as const;

/** The stream's part of the options, checked. */
function streamOptions(
  options: number | SocketConstructorOpts | undefined,
): DuplexOptions {
  if (typeof options !== "object" || options === null) {
    return { ...STREAM_POLICY, allowHalfOpen: false };
  }
  const given = options as DuplexOptions & SocketConstructorOpts;
  for (const mode of OBJECT_MODES) {
    if (given[mode]) {
      throw invalidArgValue(`options.${mode}`, given[mode], "is not supported");
    }
  }
  if (options.keepAliveInitialDelay !== undefined) {
    validateNumber(
      options.keepAliveInitialDelay,
      "options.keepAliveInitialDelay",
    );
  }
  return {
    ...options,
    allowHalfOpen: Boolean(options.allowHalfOpen),
    ...STREAM_POLICY,
  } as DuplexOptions;
}

/**
 * `'close'` waits for the descriptor, strings are encoded on their way out,
 * and a signal is heard only once the socket is complete.
 */
const STREAM_POLICY = {
  emitClose: false,
  autoDestroy: true,
  decodeStrings: false,
  signal: undefined,
};

/** Milliseconds to whole seconds, as the system counts keep-alive. */
function toSeconds(milliseconds: number | undefined): number {
  return Math.max(0, Math.trunc((milliseconds ?? 0) / 1000) || 0);
}

function asBuffer(chunk: Uint8Array): Buffer {
  return chunk instanceof Buffer
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function byteLength(
  chunk: Uint8Array | string,
  encoding: BufferEncoding,
): number {
  return typeof chunk === "string"
    ? Buffer.byteLength(chunk, encoding)
    : chunk.length;
}

const StreamBase: typeof Duplex = adoptable(Duplex);

/**
 * A TCP socket or a streaming IPC endpoint.
 *
 * @see Node's page, "Class: net.Socket"
 */
export class Socket extends StreamBase {
  /** `true` from `connect()` until the connection is there or has failed. */
  declare connecting: boolean;
  /** The server that accepted this socket, or `null`. */
  declare server: Server | null;
  /** As `server`; set back by nobody, read by `http`. */
  declare _server: Server | null;
  /** The idle time in milliseconds set by `setTimeout`. */
  declare timeout?: number;
  /** `$IP:$PORT` of the addresses tried, if there were several. */
  declare autoSelectFamilyAttemptedAddresses: string[];
  /** Addresses that must not be connected to. */
  declare blockList?: AddressFilter;
  /** Whether `destroy` is to send a RST. */
  declare resetAndClosing: boolean;
  /** Host name that was resolved, or `null`. */
  declare _host: string | null;
  /** A socket this one reads through, or `null`; its timer is refreshed too. */
  declare _parent: Socket | null;

  readonly #adapter: RuntimeAdapter;
  #connection: Connection | null = null;
  #connector: Connector | null = null;
  #reading = false;
  #userBuffer: UserBuffer | undefined;
  #idle: IdleTimer | undefined;
  #noDelay = false;
  #keepAlive = false;
  #keepAliveDelay = 0;
  #bytesRead = 0;
  #bytesDispatched = 0;
  #pendingData: Uint8Array | string | BufferedWrite[] | null = null;
  #pendingEncoding: BufferEncoding = "utf8";
  #writeCallback: WriteCallback | null = null;
  #queuedAtTimeout = 0;
  #finalCallback: WriteCallback | null = null;
  #isPipe = false;
  #closeHadError = false;
  #local: Endpoint | null = null;
  #remote: Endpoint | null = null;

  /**
   * Make a socket, to be connected with {@linkcode Socket.connect}.
   *
   * @param options See {@linkcode SocketConstructorOpts}; a number is a
   * descriptor.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` or
   * `ERR_INVALID_FD_TYPE` for options that make no sense.
   */
  constructor(options?: SocketConstructorOpts | number) {
    super(streamOptions(options));
    const given: AcceptedOptions = typeof options === "number"
      ? { fd: options }
      : options ?? {};
    this.connecting = false;
    this.server = null;
    this._server = null;
    this._host = null;
    this._parent = null;
    this.#adapter = given.adapter ?? getDefaultAdapter();
    this.#userBuffer = UserBuffer.from(this, given.onread);
    this.#noDelay = Boolean(given.noDelay);
    this.#keepAlive = Boolean(given.keepAlive);
    this.#keepAliveDelay = toSeconds(given.keepAliveInitialDelay);
    this.on("end", onReadableEnd);

    if (given[kConnection]) this.#adopt(given[kConnection]);
    else if (given.fd !== undefined) this.#adopt(this.#openFd(given.fd));
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
      // As in Node: aborted beforehand, the error is told, but a connect that
      // comes after it finds a fresh socket.
      if (given.signal.aborted) this.#renew();
    }
    if (given.blockList) {
      if (typeof given.blockList.check !== "function") {
        throw invalidArgType(
          "options.blockList",
          "net.BlockList",
          given.blockList,
        );
      }
      this.blockList = given.blockList;
    }
  }

  /** What the connection tells; one object instead of a closure per event. */
  static readonly #Sink = class implements ConnectionSink {
    readonly #socket: Socket;
    constructor(socket: Socket) {
      this.#socket = socket;
    }
    allocate(): Uint8Array | undefined {
      return this.#socket.#userBuffer?.memory;
    }
    onRead(chunk: Uint8Array): void {
      this.#socket.#onRead(chunk);
    }
    onEnd(): void {
      this.#socket.#onEnd();
    }
    onError(error: Error): void {
      this.#socket.destroy(error);
    }
    onWrite(error: Error | null): void {
      this.#socket.#onWrite(error);
    }
    onShutdown(error: Error | null): void {
      this.#socket.#onShutdown(error);
    }
    onClose(): void {
      this.#socket.#onClose();
    }
  };

  #openFd(fd: number): Connection {
    return this.#adapter.open(validateFd(fd));
  }

  #adopt(connection: Connection): void {
    this.#connection = connection;
    this.#isPipe = connection.kind === "pipe";
    connection.attach(new Socket.#Sink(this));
    this.#userBuffer?.prepare();
  }

  // Reading

  override _read(size: number): void {
    if (this.connecting || !this.#connection) {
      this.once("connect", () => this._read(size));
    } else if (!this.#reading) {
      this.#readStart();
    }
  }

  #readStart(): void {
    this.#reading = true;
    if (this.#userBuffer?.pending) {
      // Left over from a pause: as if it arrived now, in a turn of its own.
      setImmediate(() => this.#flushUserBuffer());
    } else {
      this.#connection!.readStart();
    }
  }

  #flushUserBuffer(): void {
    if (!this.#connection || !this.#reading) return;
    const rest = this.#userBuffer!.take();
    if (rest) this.#deliver(this.#userBuffer!, rest);
    if (this.#reading) this.#connection?.readStart();
  }

  #readStop(): void {
    this.#reading = false;
    this.#connection?.readStop();
  }

  #onRead(chunk: Uint8Array): void {
    this._unrefTimer();
    if (this.destroyed) return;
    if (this.#userBuffer) {
      this.#deliver(this.#userBuffer, chunk);
      return;
    }
    this.#bytesRead += chunk.length;
    if (!this.push(asBuffer(chunk)) && this.#reading) this.#readStop();
  }

  /** Hand bytes to `onread`, in pieces as large as its memory. */
  #deliver(target: UserBuffer, chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#reading && !this.destroyed) {
      const size = target.fill(rest);
      if (size === 0) return;
      this.#bytesRead += size;
      rest = rest.subarray(size);
      if (!target.tell(size) && this.#reading) this.#readStop();
    }
    if (rest.length > 0) target.keep(rest);
  }

  #onEnd(): void {
    this._unrefTimer();
    this.push(null);
    this.read(0);
  }

  /** Stop `'data'` events (or `onread` callbacks) until {@linkcode resume}. */
  override pause(): this {
    if (this.#userBuffer && !this.connecting && this.#reading) {
      this.#readStop();
    }
    return super.pause();
  }

  /** Go on after {@linkcode pause}. */
  override resume(): this {
    this.#readUserBuffer();
    return super.resume();
  }

  /** Take bytes out of the read buffer, see `stream.Readable`. */
  override read(size?: number): ReturnType<Duplex["read"]> {
    this.#readUserBuffer();
    return super.read(size);
  }

  #readUserBuffer(): void {
    if (
      this.#userBuffer && !this.connecting && this.#connection &&
      !this.#reading
    ) {
      this.#readStart();
    }
  }

  // Writing

  override _write(
    chunk: Uint8Array | string,
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    this.#dispatch(chunk, encoding, callback);
  }

  override _writev(chunks: BufferedWrite[], callback: WriteCallback): void {
    this.#dispatch(chunks, "utf8", callback);
  }

  #dispatch(
    data: Uint8Array | string | BufferedWrite[],
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    if (this.connecting) {
      this.#dispatchOnceConnected(data, encoding, callback);
      return;
    }
    this.#pendingData = null;
    const connection = this.#connection;
    if (!connection) {
      callback(socketClosed());
      return;
    }
    this._unrefTimer();
    const taken = Array.isArray(data)
      ? this.#sendAll(connection, data)
      : this.#send(connection, data, encoding);
    if (taken === true) {
      callback();
    } else if (taken === false) {
      this.#writeCallback = callback;
      this.#queuedAtTimeout = connection.writeQueueSize;
    } else {
      callback(taken);
    }
  }

  #dispatchOnceConnected(
    data: Uint8Array | string | BufferedWrite[],
    encoding: BufferEncoding,
    callback: WriteCallback,
  ): void {
    this.#pendingData = data;
    this.#pendingEncoding = encoding;
    const onConnect = () => {
      this.off("close", onClose);
      this.#dispatch(data, encoding, callback);
    };
    const onClose = () => callback(socketClosedBeforeConnection());
    this.once("connect", onConnect);
    this.once("close", onClose);
  }

  #send(
    connection: Connection,
    data: Uint8Array | string,
    encoding: BufferEncoding,
  ): WriteResult {
    if (data.length === 0) return true;
    const kind = typeof data === "string" && connection.writeText
      ? textKind(encoding)
      : undefined;
    if (kind) {
      const text = data as string;
      return this.#count(
        connection.writeText!(text, kind),
        Buffer.byteLength(text, kind),
      );
    }
    const bytes = typeof data === "string" ? Buffer.from(data, encoding) : data;
    return this.#count(connection.write(bytes), bytes.length);
  }

  #sendAll(connection: Connection, writes: BufferedWrite[]): WriteResult {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (const { chunk, encoding } of writes) {
      if (chunk.length === 0) continue;
      const bytes = typeof chunk === "string"
        ? Buffer.from(chunk, encoding)
        : chunk;
      size += bytes.length;
      chunks.push(bytes);
    }
    return chunks.length === 0 || this.#count(connection.writev(chunks), size);
  }

  /** Bytes count as dispatched unless the write failed at once. */
  #count(result: WriteResult, size: number): WriteResult {
    if (typeof result === "boolean") this.#bytesDispatched += size;
    return result;
  }

  #onWrite(error: Error | null): void {
    const callback = this.#writeCallback;
    this.#writeCallback = null;
    this.#queuedAtTimeout = 0;
    if (this.destroyed) {
      callback?.(error);
      return;
    }
    if (!error) this._unrefTimer();
    callback?.(error);
  }

  override _final(callback: WriteCallback): void {
    if (this.connecting) {
      this.once("connect", () => this._final(callback));
    } else if (!this.#connection) {
      callback();
    } else {
      this.#finalCallback = callback;
      this.#connection.shutdown();
    }
  }

  #onShutdown(error: Error | null): void {
    const callback = this.#finalCallback;
    this.#finalCallback = null;
    callback?.(error);
  }

  /**
   * Half-close: send what is written, then a FIN. The peer can still send.
   *
   * @param data A last chunk, written first.
   * @param encoding Of `data`, if it is a string.
   * @param callback Called on `'finish'`.
   */
  override end(callback?: () => void): this;
  override end(data: Uint8Array | string, callback?: () => void): this;
  override end(
    data: Uint8Array | string,
    encoding?: BufferEncoding,
    callback?: () => void,
  ): this;
  override end(...args: unknown[]): this {
    super.end(...(args as []));
    return this;
  }

  // Closing

  /** Destroy the socket once everything written has been sent. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  }

  /**
   * Close with a RST, so that the peer sees `ECONNRESET`. While connecting,
   * that happens as soon as the connection is there.
   *
   * @throws {TypeError} `ERR_INVALID_HANDLE_TYPE` on an IPC socket.
   */
  resetAndDestroy(): this {
    if (!this.#connection && !this.#connector) {
      this.destroy(socketClosed());
      return this;
    }
    if (this.#isPipe) throw invalidHandleType();
    if (this.connecting) this.once("connect", () => this._reset());
    else this._reset();
    return this;
  }

  /** Destroy with a RST, now. */
  _reset(): this {
    this.resetAndClosing = true;
    return this.destroy();
  }

  override _destroy(
    error: Error | null,
    callback: (error?: Error | null) => void,
  ): void {
    this.connecting = false;
    this.#idle?.clear();
    for (let s = this._parent; s != null; s = s._parent) s.#idle?.clear();
    const connection = this.#connection;
    const connector = this.#connector;
    this.#connection = null;
    this.#connector = null;
    this.#reading = false;
    this.#local = null;
    this.#closeHadError = error !== null && error !== undefined;
    if (connection) {
      if (this.resetAndClosing) connection.reset();
      else connection.close();
      this.resetAndClosing = false;
      callback(error);
    } else if (connector) {
      const hadError = this.#closeHadError;
      connector.abort();
      setImmediate(() => this.emit("close", hadError));
      callback(error);
    } else {
      callback(error);
      process.nextTick(() => this.emit("close"));
    }
    if (this._server) {
      this._server._connections--;
      this._server._emitCloseIfDrained();
    }
  }

  /** The descriptor is gone, and what it still owed is never to come. */
  #onClose(): void {
    this.#writeCallback?.(systemError("ECANCELED", "write"));
    this.#writeCallback = null;
    this.#finalCallback?.();
    this.#finalCallback = null;
    this.emit("close", this.#closeHadError);
  }

  // Connecting

  /**
   * Connect to a port, a path, or wherever the options say.
   *
   * @param options Where to, and how.
   * @param connectListener Added to `'connect'` once.
   * @returns The socket itself; `'connect'` or `'error'` follows.
   * @throws {TypeError | RangeError} For arguments that Node refuses.
   */
  connect(options: SocketConnectOpts, connectListener?: () => void): this;
  connect(port: number, host: string, connectListener?: () => void): this;
  connect(port: number, connectListener?: () => void): this;
  connect(path: string, connectListener?: () => void): this;
  connect(...args: unknown[]): this {
    const [options, listener] = isNormalized(args[0])
      ? args[0] as ReturnType<typeof normalizeArgs<NetConnectOpts>>
      : normalizeArgs<NetConnectOpts>(args);
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
    this.#isPipe = Boolean(path);
    if (this.#connection) {
      this.#refuseConnected(options);
      return this;
    }
    this.#connector ??= new Connector(this.#client(), this.#adapter);
    if (path) {
      validateString(path, "options.path");
      this.#connector.connectPipe(path);
    } else {
      this.#connector.connectTcp(options as { port: number });
    }
    return this;
  }

  /** Fresh stream states, for a first connect as for a later one. */
  #renew(): void {
    (this as unknown as { _undestroy(): void })._undestroy();
    this.#bytesRead = 0;
    this.#bytesDispatched = 0;
    this.#userBuffer?.prepare();
  }

  /** `connect` on a connected socket fails as connect(2) does. */
  #refuseConnected(options: NetConnectOpts): void {
    const { host, port, path } = options as {
      host?: string;
      port?: number;
      path?: string;
    };
    process.nextTick(() => {
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

  #client(): ConnectorClient {
    return {
      emit: (event, ...args) => this.emit(event, ...args),
      touch: () => this._unrefTimer(),
      settle: () => this.connecting = false,
      succeed: (connection) => this.#connected(connection),
      fail: (error) => this.destroy(error),
      beginSeries: () => this.autoSelectFamilyAttemptedAddresses = [],
      blockList: this.blockList,
    };
  }

  #connected(connection: Connection): void {
    this.connecting = false;
    const referenced = this.#connector!.referenced;
    this.#connector = null;
    this.#adopt(connection);
    if (!referenced) connection.unref();
    this._unrefTimer();
    if (this.#noDelay) connection.setNoDelay(true);
    if (this.#keepAlive) connection.setKeepAlive(true, this.#keepAliveDelay);
    this.emit("connect");
    this.emit("ready");
    if (!this.isPaused()) this.read(0);
  }

  // Options of the connection

  /**
   * Emit `'timeout'` after this long without traffic. The socket stays open.
   *
   * @param timeout Milliseconds; 0 turns it off.
   * @param callback Added to `'timeout'` once; removed if `timeout` is 0.
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`
   */
  setTimeout(timeout: number, callback?: () => void): this {
    if (this.destroyed) return this;
    this.timeout = timeout;
    const delay = validateDelay(timeout, "msecs");
    this.#idle?.clear();
    if (delay > 0) {
      this.#idle ??= new IdleTimer(() => this._onTimeout());
      this.#idle.set(delay);
    }
    if (callback !== undefined) {
      validateFunction(callback, "callback");
      if (delay > 0) this.once("timeout", callback);
      else this.removeListener("timeout", callback);
    }
    return this;
  }

  /** The idle time is over, unless a slow write is getting on. */
  _onTimeout(): void {
    const queued = this.#connection?.writeQueueSize ?? 0;
    if (this.#queuedAtTimeout > 0 && queued !== this.#queuedAtTimeout) {
      this.#queuedAtTimeout = queued;
      this._unrefTimer();
      return;
    }
    this.emit("timeout");
  }

  /** Something happened: the idle time begins anew. */
  _unrefTimer(): void {
    this.#idle?.refresh();
    this._parent?._unrefTimer();
  }

  /**
   * Turn Nagle's algorithm off (`true`, the default) or on. Kept for later
   * if the socket is not connected yet.
   */
  setNoDelay(noDelay?: boolean): this {
    const on = noDelay === undefined || Boolean(noDelay);
    const connection = this.#connection;
    if (connection && on !== this.#noDelay) connection.setNoDelay(on);
    this.#noDelay = on;
    return this;
  }

  /**
   * Turn TCP keep-alive on or off. Kept for later if the socket is not
   * connected yet.
   *
   * @param enable Default `false`.
   * @param initialDelay Milliseconds of silence before the first probe; 0
   * keeps the system's.
   */
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    const on = Boolean(enable);
    const delay = toSeconds(initialDelay);
    const changed = on !== this.#keepAlive ||
      (on && delay !== this.#keepAliveDelay);
    this.#keepAlive = on;
    this.#keepAliveDelay = delay;
    if (changed) this.#connection?.setKeepAlive(on, delay);
    return this;
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
    return (!this.#connection && !this.#connector) || this.connecting;
  }

  /** State of the connection as one word. */
  get readyState(): SocketReadyState {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  /** As `connecting`. */
  get _connecting(): boolean {
    return this.connecting;
  }

  /** The open connection or attempt; for code that asks whether one is there. */
  get _handle(): object | null {
    return this.#connection ?? this.#connector;
  }

  /**
   * Characters buffered for writing.
   *
   * @deprecated Use `writableLength`.
   */
  get bufferSize(): number {
    return this._handle ? this.writableLength : undefined as unknown as number;
  }

  /** Bytes received. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Bytes handed to the system. */
  get _bytesDispatched(): number {
    return this.#bytesDispatched;
  }

  /** Bytes sent, those still buffered included. */
  get bytesWritten(): number {
    let bytes = this.#bytesDispatched;
    const { writableBuffer } = this as unknown as {
      writableBuffer?: BufferedWrite[];
    };
    if (!writableBuffer) return undefined as unknown as number;
    for (const { chunk, encoding } of writableBuffer) {
      bytes += byteLength(chunk, encoding);
    }
    const pending = this.#pendingData;
    if (Array.isArray(pending)) {
      for (const { chunk, encoding } of pending) {
        bytes += byteLength(chunk, encoding);
      }
    } else if (pending !== null) {
      bytes += byteLength(pending, this.#pendingEncoding);
    }
    return bytes;
  }

  #localEndpoint(): Endpoint | null {
    return this.#local ??= this.#connection?.localEndpoint() ?? null;
  }

  /** Remembered after the connection is gone. */
  #remoteEndpoint(): Endpoint | null {
    return this.#remote ??= this.#connection?.remoteEndpoint() ?? null;
  }

  /** This end's address; `{}` while there is none, and on IPC. */
  address(): AddressInfo | Record<string, never> {
    const endpoint = this.#localEndpoint();
    return endpoint ? { ...endpoint } : {};
  }

  /** This end's numeric address. */
  get localAddress(): string | undefined {
    return this.#localEndpoint()?.address;
  }

  /** This end's port. */
  get localPort(): number | undefined {
    return this.#localEndpoint()?.port;
  }

  /** `"IPv4"` or `"IPv6"`. */
  get localFamily(): string | undefined {
    return this.#localEndpoint()?.family;
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

function validateFd(fd: unknown): number {
  validateInt32(fd, "fd", 0);
  return fd;
}

/** Without half-open, the peer's end ends this side; later writes say so. */
function onReadableEnd(this: Socket): void {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

function writeAfterEnd(this: Socket, ...args: unknown[]): boolean {
  if (!this.writableEnded) {
    return Duplex.prototype.write.apply(
      this,
      args as Parameters<Duplex["write"]>,
    );
  }
  const error = endedByPeer();
  const callback = args.at(-1);
  if (typeof callback === "function") process.nextTick(callback, error);
  this.destroy(error);
  return false;
}

/** Encodings that a connection may take as text. */
function textKind(encoding: BufferEncoding): "utf8" | "latin1" | undefined {
  switch (encoding) {
    case "utf8":
    case "utf-8":
      return "utf8";
    case "latin1":
    case "binary":
    case "ascii":
      return "latin1";
    default:
      return undefined;
  }
}

/** `net.Socket` as a value: a class that can be called without `new`. */
export interface SocketConstructor {
  /** Make a socket, see {@linkcode Socket}. */
  new (options?: SocketConstructorOpts): Socket;
  /** As with `new`. */
  (options?: SocketConstructorOpts): Socket;
  /** Of every socket. */
  readonly prototype: Socket;
}

/** {@linkcode Socket}, callable without `new` as Node's is. */
export const CallableSocket: SocketConstructor = callable<SocketConstructor>(
  Socket,
);

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
 * ```ts ignore
 * const socket = connect({ port: 8124 }, () => socket.end("hello"));
 * socket.on("data", (data) => console.log(String(data)));
 * ```
 */
export function connect(
  options: NetConnectOpts,
  connectListener?: () => void,
): Socket;
export function connect(
  port: number,
  host?: string,
  connectListener?: () => void,
): Socket;
export function connect(
  port: number,
  connectListener?: () => void,
): Socket;
export function connect(path: string, connectListener?: () => void): Socket;
export function connect(...args: unknown[]): Socket {
  const normalized = normalizeArgs<NetConnectOpts>(args);
  const [options] = normalized;
  const socket = new Socket(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(normalized as unknown as NetConnectOpts);
}
