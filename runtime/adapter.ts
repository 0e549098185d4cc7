/**
 * The runtime-adapter contract: what a backend gives to the shared layer.
 *
 * A backend is a value of type {@linkcode RuntimeAdapter}. It deals with
 * addresses, bytes and system errors. Streams, events, host names and time-outs
 * belong to the shared layer, which is written once for every backend.
 *
 * ## Rules both sides keep
 *
 * **Order.** No sink method is called before the call that asked for it has
 * returned: not from within `connect`, `listen`, `attach`, `readStart`,
 * `write`, `shutdown`, `close` or `reset`. A backend whose native call finishes
 * at once reports the result later.
 *
 * **Turns.** Sink methods are called from the event loop, never while the
 * shared layer is on the stack. `onClose` has a turn of its own: it comes after
 * the ticks and promise jobs that were queued by the code that called `close`.
 *
 * **Ends.** Reading ends with {@linkcode ConnectionSink.onEnd} or with
 * {@linkcode ConnectionSink.onError}: at most one of the two is called, at most
 * once, and no `onRead` follows. A backend never closes by itself, neither on
 * the peer's FIN nor on an error. Every connection is half-open capable.
 *
 * **Close.** After `close` or `reset` the only call that follows is `onClose`,
 * once. After {@linkcode ConnectAttempt.abort} there is none. After
 * {@linkcode Listener.close} there is none either, except
 * {@linkcode ListenSink.onClose} if it returned `false`.
 *
 * **Exceptions.** An exception of a sink method is the user's, and the backend
 * is not at fault. It is an uncaught exception (`'uncaughtException'`, not
 * `'unhandledRejection'`), as in a callback of Node's, and the connection, the
 * attempt or the listener goes on as if the method had returned. An exception
 * of {@linkcode ConnectionSink.allocate} counts as `undefined`.
 *
 * **Handover.** A connection, an attempt and a listener may have a `handle`: the
 * runtime's own object for it, which modules of the runtime such as `tls` look
 * for in a socket and take over. Whoever takes a handle over starts to read and
 * write by it; the backend stops its own reading then, and the sink hears of no
 * more bytes, only of an error or an end that the other passes on. Everything
 * else stays with the connection: addresses and byte counts go on, options,
 * `ref` and `unref` act on the same socket, and `close` and `reset` close it.
 * If the other closes the handle first, `onClose` is called without a `close`.
 * It may also call `setHandle`: with the handle to go on with, or with `null`,
 * and then the connection is its own, and the sink hears nothing more.
 * A backend without such objects leaves `handle` out.
 *
 * **Errors** are `Error` objects made by `systemError` in `errors.ts`: `code`
 * (`"ECONNREFUSED"`), `errno` (negative, as libuv has it) and `syscall`, and
 * for `bind`, `listen` and `connect` also `address` and `port`.
 *
 * @module
 */

/** One end of a TCP connection, or the address of a TCP listener. */
export interface Endpoint {
  /** Numeric address, as the operating system prints it. */
  address: string;
  /** `"IPv4"` or `"IPv6"`. */
  family: string;
  /** Port, 0 to 65535. */
  port: number;
}

/** A TCP peer to connect to. Names are resolved before this. */
export interface TcpConnectTarget {
  /** Discriminates TCP from a Unix domain socket or named pipe. */
  readonly kind: "tcp";
  /** Numeric IPv4 or IPv6 address, a zone id (`%eth0`) allowed. */
  readonly address: string;
  /**
   * The name that the system's lookup found the address for. Only of use where
   * a program is allowed to use the name, but not the address.
   */
  readonly host?: string | undefined;
  /** Family of `address`. */
  readonly family: 4 | 6;
  /** Port, 0 to 65535. */
  readonly port: number;
  /** Numeric source address to bind first. */
  readonly localAddress?: string | undefined;
  /** Source port to bind first. */
  readonly localPort?: number | undefined;
  /** `false` if the attempt must not keep the process alive. */
  readonly referenced: boolean;
}

/** A Unix domain socket, Linux abstract name (`"\0name"`) or named pipe. */
export interface PipeConnectTarget {
  /** Discriminates a path from TCP. */
  readonly kind: "pipe";
  /** Path or name of the socket. */
  readonly path: string;
  /** `false` if the attempt must not keep the process alive. */
  readonly referenced: boolean;
}

/** Where {@linkcode RuntimeAdapter.connect} goes. */
export type ConnectTarget = TcpConnectTarget | PipeConnectTarget;

/** A TCP address to listen on. */
export interface TcpListenTarget {
  /** Discriminates TCP from the other targets. */
  readonly kind: "tcp";
  /**
   * Numeric address, or `null` for every interface: `::` with IPv4 included,
   * or `0.0.0.0` on a system without IPv6.
   */
  readonly address: string | null;
  /** As {@linkcode TcpConnectTarget.host}. */
  readonly host?: string | undefined;
  /** Port, 0 to 65535; 0 lets the system choose. */
  readonly port: number;
  /** Length of the accept queue. */
  readonly backlog: number;
  /** Keep IPv4 peers out of an IPv6 listener. */
  readonly ipv6Only: boolean;
  /** Let several processes bind the same port (`SO_REUSEPORT`). */
  readonly reusePort: boolean;
  /** In a cluster worker: do not share the port through the primary. */
  readonly exclusive: boolean;
}

/** A path to listen on. */
export interface PipeListenTarget {
  /** Discriminates a path from the other targets. */
  readonly kind: "pipe";
  /** Path or name of the socket. */
  readonly path: string;
  /** Length of the accept queue. */
  readonly backlog: number;
  /** Make the socket file readable for every user. */
  readonly readableAll: boolean;
  /** Make the socket file writable for every user. */
  readonly writableAll: boolean;
  /** In a cluster worker: do not share the path through the primary. */
  readonly exclusive: boolean;
}

/** Something to listen on that is bound already. */
export interface HandleListenTarget {
  /** Discriminates a handle from the other targets. */
  readonly kind: "handle";
  /**
   * An inherited descriptor, or a handle of the runtime's own `node:net`. From
   * now on it belongs to the listener.
   */
  readonly handle: { readonly fd: number } | object;
  /** Length of the accept queue. */
  readonly backlog: number;
}

/** Where {@linkcode RuntimeAdapter.listen} binds. */
export type ListenTarget =
  | TcpListenTarget
  | PipeListenTarget
  | HandleListenTarget;

/** A TCP address to bind. */
export interface TcpBindTarget {
  /** Discriminates TCP from a path. */
  readonly kind: "tcp";
  /** Numeric address. */
  readonly address: string;
  /** Port, 0 to 65535; 0 lets the system choose. */
  readonly port: number;
  /** Keep IPv4 peers out of an IPv6 listener. */
  readonly ipv6Only: boolean;
  /** Let several sockets bind the same port (`SO_REUSEPORT`). */
  readonly reusePort: boolean;
}

/** A path to bind. */
export interface PipeBindTarget {
  /** Discriminates a path from TCP. */
  readonly kind: "pipe";
  /** Path or name of the socket. */
  readonly path: string;
}

/** A `BoundSocket` of the runtime's own `node:net`, to take over. */
export interface NativeBindTarget {
  /** Discriminates it from addresses that are not bound yet. */
  readonly kind: "native";
  /** The `BoundSocket`. */
  readonly socket: object;
}

/** What {@linkcode RuntimeAdapter.bind} binds or takes over. */
export type BindTarget = TcpBindTarget | PipeBindTarget | NativeBindTarget;

/**
 * What an attempt to connect reports to. Either `onConnect` or `onError` is
 * called, once.
 */
export interface ConnectSink {
  /**
   * The source address is bound, and connecting begins. Only for targets that
   * have a source address, and only from backends that notice.
   */
  onBound?(): void;
  /**
   * Connected. The connection does not read and has no sink yet: attach one
   * before this method returns, or close the connection.
   */
  onConnect(connection: Connection): void;
  /** The attempt failed, and has freed what it held. */
  onError(error: Error): void;
}

/** A running attempt to connect. */
export interface ConnectAttempt {
  /** The handle that the connection will have, see "Handover". */
  readonly handle?: object | null;
  /** Give up, and free what the attempt holds. No sink method follows. */
  abort(): void;
  /** This end's address while connecting, if the runtime reports it. */
  localEndpoint?(): Endpoint | null;
  /** Let the attempt keep the process alive (the default). */
  ref(): void;
  /** Do not let the attempt keep the process alive. */
  unref(): void;
}

/** What a connection reports to, once attached. */
export interface ConnectionSink {
  /** The socket, on which modules of the runtime note what they do with it. */
  readonly socket?: object;
  /**
   * Return memory to read into. A backend that can choose its memory calls
   * this before each read. `undefined` means: use memory of your own.
   */
  allocate?(): Uint8Array | undefined;
  /**
   * Bytes arrived. The memory belongs to the receiver: the backend does not
   * write to it again, unless `allocate` returned it.
   */
  onRead(chunk: Uint8Array): void;
  /** The peer sent a FIN. */
  onEnd(): void;
  /** Reading failed (`ECONNRESET`, ...). No more can be read. */
  onError(error: Error): void;
  /**
   * The write that returned `false` has finished, or has failed; or a
   * `writeAhead` that returned `true` has failed.
   */
  onWrite(error: Error | null): void;
  /** The FIN that `shutdown` asked for was sent, or could not be sent. */
  onShutdown(error: Error | null): void;
  /** The descriptor is closed. The last call a sink receives. */
  onClose(): void;
}

/**
 * The result of a write: `true` if all of it was accepted at once, an error if
 * it failed at once, `false` if `onWrite` follows.
 */
export type WriteResult = boolean | Error;

/** What TCP keep-alive does after a probe that got no answer. */
export interface KeepAliveProbes {
  /** Seconds between two probes, 1 or more. */
  readonly interval: number;
  /** Probes after which the connection counts as dead, 1 or more. */
  readonly count: number;
}

/**
 * An established stream connection.
 *
 * Nothing is read, and nothing is lost, before `readStart`.
 */
export interface Connection {
  /** TCP, or a Unix domain socket or named pipe. */
  readonly kind: "tcp" | "pipe";
  /**
   * Bytes that a write has handed over and the system has not accepted yet. The
   * idle timer compares it to see whether a slow write makes progress.
   */
  readonly writeQueueSize: number;
  /**
   * Bytes that writes have handed over so far, if the runtime counts them.
   * Otherwise the shared layer does.
   */
  readonly bytesWritten?: number;
  /**
   * Bytes read so far, if the runtime counts them; also by whoever took the
   * handle over. Otherwise the shared layer counts.
   */
  readonly bytesRead?: number;
  /** The descriptor, or -1 if the runtime does not report it. */
  readonly fd: number;
  /** The runtime's own object for the connection, see "Handover". */
  readonly handle?: object | null;
  /**
   * Whether the handle comes too late for who has asked for one before there was
   * a connection: `tls` uses the socket as a stream then, and goes on with that.
   */
  readonly isHandleLate?: boolean;
  /**
   * Whether `close` may take the place of a `shutdown` that it follows at once,
   * as it sends the same FIN. That saves a system call.
   */
  readonly closeSendsFin?: boolean;

  /**
   * Whoever took the handle over has put another in its place, or has taken
   * the connection away (`null`), see "Handover".
   */
  setHandle?(handle: object | null): void;

  /** Set the sink to report to. Called once, before anything else. */
  attach(sink: ConnectionSink): void;
  /** This end's address; `null` for a pipe, or if it is not known. */
  localEndpoint(): Endpoint | null;
  /** The peer's address; `null` for a pipe, or if it is not known. */
  remoteEndpoint(): Endpoint | null;

  /** Read, and call `onRead`, until `readStop`. A second call does nothing. */
  readStart(): void;
  /**
   * Stop reading. One chunk that is on its way may still arrive, and the
   * receiver keeps it. `onEnd` and `onError` wait for the next `readStart`.
   */
  readStop(): void;

  /**
   * Send bytes, at least one. Until the write has finished, the caller leaves
   * the memory unchanged and starts no second write. After `close` it fails at
   * once with `EBADF`.
   */
  write(chunk: Uint8Array): WriteResult;
  /**
   * As `write`, for a backend that knows only in a promise job how much was
   * taken. `true` counts all of it as taken: the connection sends a rest by
   * itself, and `onWrite` reports a failure. The caller leaves the memory
   * unchanged until the promise jobs are done, but may write again at once. The
   * shared layer uses it for chunks that nobody waits for.
   */
  writeAhead?(chunk: Uint8Array): WriteResult;
  /** Send several chunks as one write. */
  writev(chunks: Uint8Array[]): WriteResult;
  /**
   * Send text without encoding it into a buffer first, if the runtime can. The
   * shared layer encodes text itself if this method is missing.
   */
  writeText?(text: string, encoding: "utf8" | "latin1"): WriteResult;

  /** Send a FIN; `onShutdown` follows. Not called while a write is pending. */
  shutdown(): void;
  /** Close both directions and free the descriptor; `onClose` follows. */
  close(): void;
  /** As `close`, but the peer sees a RST (`ECONNRESET`). TCP only. */
  reset(): void;

  /** Let the connection keep the process alive (the default). */
  ref(): void;
  /** Do not let the connection keep the process alive. */
  unref(): void;
  /** Turn Nagle's algorithm off (`true`) or on. No effect on a pipe. */
  setNoDelay(on: boolean): void;
  /**
   * Turn TCP keep-alive on or off. No effect on a pipe.
   *
   * @param initialDelay Seconds of silence before the first probe; 0 keeps
   * the system's setting.
   * @param probes What follows the first probe; only together with a delay.
   */
  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes?: KeepAliveProbes,
  ): void;
  /** Set `IP_TOS`, if the runtime can. */
  setTypeOfService?(tos: number): void;
  /** Read `IP_TOS`, if the runtime can. */
  getTypeOfService?(): number | undefined;
}

/** What a listener reports to. */
export interface ListenSink {
  /**
   * How many connections the server takes. A backend that shares its port
   * among processes passes further ones to another process. Other backends
   * ignore this.
   */
  readonly maxConnections?: number | undefined;
  /**
   * Bound and listening. Only called for a {@linkcode Listener} that was
   * `pending` when `listen` returned.
   */
  onListening(): void;
  /**
   * A peer connected. As for {@linkcode ConnectSink.onConnect}: attach a sink
   * before this method returns, or close the connection.
   */
  onConnection(connection: Connection): void;
  /**
   * Binding failed (for a `pending` listener, which is then closed), or one
   * connection could not be accepted (`syscall` is `"accept"`).
   */
  onError(error: Error): void;
  /** The address is free. Only called if {@linkcode Listener.close} said so. */
  onClose?(): void;
}

/** A bound socket that accepts connections. */
export interface Listener {
  /**
   * `true` until it is known whether binding succeeded. A backend that binds
   * synchronously throws instead, and its listeners are never pending.
   */
  readonly pending: boolean;
  /** The descriptor, or -1 if the runtime does not report it. */
  readonly fd: number;
  /** The runtime's own object for the listener, see "Handover". */
  readonly handle?: object | null;
  /** The bound address; `null` for a pipe, or while pending. */
  endpoint(): Endpoint | null;
  /**
   * Stop listening, and remove a socket file. Connections stay open.
   *
   * @returns `false` if the address is not free yet when this returns, and
   * {@linkcode ListenSink.onClose} follows.
   */
  close(): boolean | void;
  /** Let the listener keep the process alive (the default). */
  ref(): void;
  /** Do not let the listener keep the process alive. */
  unref(): void;
}

/**
 * What the native API of a backend can express. `withFallback` reads it, and
 * sends a target that the API cannot express through a second transport. The
 * shared layer does not read it: the same options mean the same everywhere.
 */
export interface Capabilities {
  /** `localAddress` and `localPort` of a connect target. */
  readonly sourceAddress: boolean;
  /** A connect attempt that does not keep the process alive. */
  readonly unreferencedConnect: boolean;
  /** `ipv6Only` of a listen target. */
  readonly ipv6Only: boolean;
  /** `reusePort` of a listen target. */
  readonly reusePort: boolean;
  /** A `backlog` other than the default of 511. */
  readonly backlog: boolean;
  /** Paths: Unix domain sockets, and on Windows named pipes. */
  readonly pipe: boolean;
  /** `readableAll` and `writableAll` of a path. */
  readonly pipeMode: boolean;
  /** Listening on a descriptor or handle that is bound already. */
  readonly listenHandle: boolean;
  /** Opening a connected descriptor. */
  readonly openFd: boolean;
  /** Listening in a cluster worker, on a port shared through the primary. */
  readonly cluster: boolean;
  /** {@linkcode Connection.reset}. */
  readonly reset: boolean;
  /** A delay for {@linkcode Connection.setKeepAlive}. */
  readonly keepAliveDelay: boolean;
  /** {@linkcode KeepAliveProbes} for {@linkcode Connection.setKeepAlive}. */
  readonly keepAliveProbes: boolean;
}

/**
 * An address that is bound, as by bind(2), and not in use yet. Its owner calls
 * `listen`, `connect` or `close`: once, and then the binding is used up.
 */
export interface Binding {
  /** TCP, or a Unix domain socket or named pipe. */
  readonly kind: "tcp" | "pipe";
  /** The descriptor, or -1 if the runtime does not report it. */
  readonly fd: number;
  /** The address; `null` for a path. */
  endpoint(): Endpoint | null;
  /** As {@linkcode RuntimeAdapter.listen}, on this address. */
  listen(target: { readonly backlog: number }, sink: ListenSink): Listener;
  /** As {@linkcode RuntimeAdapter.connect}, from this address. */
  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt;
  /** Free the address, and remove a socket file. */
  close(): void;
}

/** An address that a host name stands for. */
export interface ResolvedAddress {
  /** Numeric address. */
  address: string;
  /** Its family. */
  family: 4 | 6;
}

/** A timer that a backend runs. */
export interface AdapterTimer {
  /** Start anew, with the same delay. */
  refresh(): unknown;
  /** Do not let it keep the process alive. */
  unref(): unknown;
}

/** Timers on the time of a backend. */
export interface AdapterTimers {
  /** Call back once, after this many milliseconds. */
  setTimeout(callback: () => void, delay: number): AdapterTimer;
  /** Stop a timer of these; nothing, if there is none. */
  clearTimeout(timer: AdapterTimer | undefined): void;
}

/** What is known of a TCP connection before its address. */
export type ReserveTarget = Pick<
  TcpConnectTarget,
  "port" | "localAddress" | "localPort"
>;

/**
 * A handle that waits for its address. It connects once, and is used up by
 * that or by `close`.
 */
export interface Reservation {
  /** The handle, see "Handover". */
  readonly handle: object;
  /** Whether somebody has taken the handle over already. */
  readonly isTaken: boolean;
  /** As {@linkcode RuntimeAdapter.connect}, with this handle. */
  connect(target: TcpConnectTarget, sink: ConnectSink): ConnectAttempt;
  /** Free the handle. */
  close(): void;
}

/** A backend: how one runtime connects and listens. */
export interface RuntimeAdapter {
  /** Name for messages and tables: `"deno"`, `"bun"`, `"node"`, ... */
  readonly name: string;
  /** What the native API can express. */
  readonly capabilities: Capabilities;

  /**
   * Start one attempt to connect to one numeric address or one path.
   *
   * @throws {Error} A system error that is known at once. It is the outcome of
   * the attempt: no sink method follows.
   */
  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt;

  /**
   * Bind and listen.
   *
   * @throws {Error} A system error, if binding fails at once.
   */
  listen(target: ListenTarget, sink: ListenSink): Listener;

  /**
   * Bind an address, at once. A backend may lack this method.
   *
   * @throws {Error} A system error whose `syscall` is `bind`, or
   * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` for a target that cannot be bound.
   */
  bind?(target: BindTarget): Binding;

  /**
   * Make the handle of a connection before its address is known, where a
   * program may look for one: from the call of `connect()` on.
   */
  reserve?(target: ReserveTarget): Reservation;

  /**
   * Take over what a program has from the runtime's own `net`: a connected
   * socket, or the handle of one. The handle of a connection of this backend
   * gives that connection, whose next sink then takes the place of the first.
   *
   * @returns `undefined` if it is neither.
   */
  wrap?(native: object): Connection | undefined;

  /**
   * Take over a connected descriptor.
   *
   * @throws {Error} `ERR_INVALID_FD_TYPE` if it is no stream socket, or a
   * system error.
   */
  open(fd: number): Connection;

  /**
   * Resolve a host name to addresses. Only for a backend that has names of its
   * own; without it, `dns.lookup` does.
   *
   * @param family 4 or 6 for addresses of one family only, 0 for both.
   * @param callback Called later, with at least one address, or with an error.
   */
  lookup?(
    hostname: string,
    family: 0 | 4 | 6,
    callback: (
      error: Error | null,
      addresses: readonly ResolvedAddress[],
    ) => void,
  ): void;

  /**
   * Whether the modules of the runtime take any object that they find as
   * `socket._handle` for a native handle. Then there is none before there is a
   * connection.
   */
  readonly takesAnyHandle?: boolean;

  /**
   * What idle timers and the limits of attempts run on. Only for a backend that
   * has a time of its own; without it, the runtime's timers do.
   */
  readonly timers?: AdapterTimers;
}
