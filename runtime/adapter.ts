/**
 * The runtime-adapter contract: what a backend gives to the shared layer.
 *
 * A backend is a value of type {@linkcode RuntimeAdapter}. It knows addresses,
 * bytes and system errors; it knows no streams, no events, no host names and
 * no time-outs. Those are the shared layer's, written once for every backend.
 *
 * ## Rules both sides keep
 *
 * **Order.** No sink method is called before the call that asked for it has
 * returned: not from within `connect`, `listen`, `attach`, `readStart`,
 * `write`, `shutdown`, `close` or `reset`. A backend whose native call finishes
 * at once defers its answer.
 *
 * **Turns.** Sink methods are called from the event loop, never while the
 * shared layer is on the stack, and `onClose` in a turn of its own, after the
 * ticks and promise jobs queued by the code that called `close`.
 *
 * **Ends.** Of {@linkcode ConnectionSink.onEnd} and
 * {@linkcode ConnectionSink.onError} exactly one is called, at most once, and
 * no `onRead` follows it. A backend never closes by itself: not on the peer's
 * FIN and not on an error. Every connection is half-open capable.
 *
 * **Close.** After `close` or `reset` only `onClose` follows, once. After
 * {@linkcode ConnectAttempt.abort} and {@linkcode Listener.close} nothing
 * follows.
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

/** Something that is bound already, to listen on. */
export interface HandleListenTarget {
  /** Discriminates a handle from the other targets. */
  readonly kind: "handle";
  /**
   * An inherited descriptor, or a handle of the runtime's own `node:net`. The
   * listener owns it from here on.
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

/** A TCP address to take. */
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

/** A path to take. */
export interface PipeBindTarget {
  /** Discriminates a path from TCP. */
  readonly kind: "pipe";
  /** Path or name of the socket. */
  readonly path: string;
}

/** A `BoundSocket` of the runtime's own `node:net`, to be taken over. */
export interface NativeBindTarget {
  /** Discriminates it from what is not bound yet. */
  readonly kind: "native";
  /** What is bound. */
  readonly socket: object;
}

/** What {@linkcode RuntimeAdapter.bind} takes. */
export type BindTarget = TcpBindTarget | PipeBindTarget | NativeBindTarget;

/** What an attempt to connect tells. One of the last two is called, once. */
export interface ConnectSink {
  /**
   * The source address is bound, the connect proper begins. Only for targets
   * with one, and only from backends that can tell.
   */
  onBound?(): void;
  /**
   * Connected. The connection is stopped and has no sink yet; attach one
   * before this returns, or close it.
   */
  onConnect(connection: Connection): void;
  /** The attempt failed; it holds no resource any more. */
  onError(error: Error): void;
}

/** A running attempt to connect. */
export interface ConnectAttempt {
  /** Give up: frees what the attempt holds; no sink method follows. */
  abort(): void;
  /** This end's address while connecting, where the runtime tells. */
  localEndpoint?(): Endpoint | null;
  /** Let the attempt keep the process alive (the default). */
  ref(): void;
  /** Do not let the attempt keep the process alive. */
  unref(): void;
}

/** What a connection tells the one who attached to it. */
export interface ConnectionSink {
  /**
   * Memory to read into, asked for before each read where a backend can
   * choose. `undefined`: the backend brings its own.
   */
  allocate?(): Uint8Array | undefined;
  /**
   * Bytes arrived. They are the receiver's: a backend does not write to that
   * memory again (unless it came from `allocate`).
   */
  onRead(chunk: Uint8Array): void;
  /** The peer sent a FIN. */
  onEnd(): void;
  /** Reading failed (`ECONNRESET`, ...): nothing can be read any more. */
  onError(error: Error): void;
  /** The write that returned `false` is done, or has failed. */
  onWrite(error: Error | null): void;
  /** The FIN asked for by `shutdown` was sent, or could not be. */
  onShutdown(error: Error | null): void;
  /** The descriptor is closed. The last call a sink receives. */
  onClose(): void;
}

/**
 * How a write went: `true` if all of it was taken at once, an error if it
 * failed at once, `false` if `onWrite` follows.
 */
export type WriteResult = boolean | Error;

/** How TCP keep-alive goes on after a probe that nobody answered. */
export interface KeepAliveProbes {
  /** Seconds between two probes, 1 or more. */
  readonly interval: number;
  /** Probes after which the connection counts as dead, 1 or more. */
  readonly count: number;
}

/**
 * An established stream connection.
 *
 * It starts stopped: nothing is read, and nothing lost, before `readStart`.
 */
export interface Connection {
  /** TCP, or a Unix domain socket or named pipe. */
  readonly kind: "tcp" | "pipe";
  /**
   * Bytes accepted by `write` or `writev` that the system has not taken yet.
   * An idle timer looks here to see whether a slow write makes progress.
   */
  readonly writeQueueSize: number;
  /**
   * Bytes that writes have handed over so far, where the runtime counts them
   * itself; the shared layer counts else.
   */
  readonly bytesWritten?: number;
  /** The descriptor, or -1 where the runtime does not tell. */
  readonly fd: number;

  /** Who is told about this connection. Called once, before anything else. */
  attach(sink: ConnectionSink): void;
  /** This end's address; `null` for a pipe or where it is not known. */
  localEndpoint(): Endpoint | null;
  /** The peer's address; `null` for a pipe or where it is not known. */
  remoteEndpoint(): Endpoint | null;

  /** Ask for `onRead` until `readStop`. Asking twice is asking once. */
  readStart(): void;
  /**
   * Stop reading. A chunk that is on its way may still arrive, once; the
   * receiver keeps it. `onEnd` and `onError` wait for the next `readStart`.
   */
  readStop(): void;

  /**
   * Send bytes, at least one. The memory must not change until the write is
   * done, and no second write is made before that. After `close` it fails at
   * once with `EBADF`.
   */
  write(chunk: Uint8Array): WriteResult;
  /** Send several chunks as one write. */
  writev(chunks: Uint8Array[]): WriteResult;
  /**
   * Send text without encoding it into a buffer first. Only where the runtime
   * can; the shared layer encodes by itself where this is missing.
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
   * the system's.
   * @param probes How it goes on from there; with a delay only.
   */
  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes?: KeepAliveProbes,
  ): void;
  /** Set `IP_TOS`, where the runtime can. */
  setTypeOfService?(tos: number): void;
  /** Read `IP_TOS`, where the runtime can. */
  getTypeOfService?(): number | undefined;
}

/** What a listener tells. */
export interface ListenSink {
  /**
   * How many connections the server takes. A backend that shares its port
   * among processes passes one beyond that on; others need not look.
   */
  readonly maxConnections?: number | undefined;
  /**
   * Bound and listening; only for a {@linkcode Listener} that was `pending`
   * when `listen` returned.
   */
  onListening(): void;
  /** A peer connected. Attach to the connection before this returns. */
  onConnection(connection: Connection): void;
  /**
   * Binding failed (for a `pending` listener, which is then closed), or one
   * connection could not be accepted (`syscall` is `"accept"`).
   */
  onError(error: Error): void;
}

/** A bound socket that accepts connections. */
export interface Listener {
  /**
   * `true` while it is not known yet whether the bind succeeded. A backend
   * that binds synchronously throws instead, and is never pending.
   */
  readonly pending: boolean;
  /** The descriptor, or -1 where the runtime does not tell. */
  readonly fd: number;
  /** The bound address; `null` for a pipe or while pending. */
  endpoint(): Endpoint | null;
  /** Stop listening; a socket file is unlinked. Connections stay. */
  close(): void;
  /** Let the listener keep the process alive (the default). */
  ref(): void;
  /** Do not let the listener keep the process alive. */
  unref(): void;
}

/**
 * What the native API of a backend can express. The shared layer never reads
 * this to change what it means; `withFallback` reads it to send what is
 * missing through a second transport.
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
  /** `backlog` other than the default of 511. */
  readonly backlog: boolean;
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
 * An address that is taken, as by bind(2), and not in use yet. Its owner
 * closes it, or has it listen or connect: once, and then it is used up.
 */
export interface Binding {
  /** TCP, or a Unix domain socket or named pipe. */
  readonly kind: "tcp" | "pipe";
  /** The descriptor, or -1 where the runtime does not tell. */
  readonly fd: number;
  /** The address; `null` for a path. */
  endpoint(): Endpoint | null;
  /** As {@linkcode RuntimeAdapter.listen}, here. */
  listen(target: { readonly backlog: number }, sink: ListenSink): Listener;
  /** As {@linkcode RuntimeAdapter.connect}, from here. */
  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt;
  /** Free the address, and remove a socket file. */
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
   * @throws {Error} A system error that is known at once. It counts as the
   * outcome of the attempt: no sink method follows.
   */
  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt;

  /**
   * Bind and listen.
   *
   * @throws {Error} A system error, if binding fails at once.
   */
  listen(target: ListenTarget, sink: ListenSink): Listener;

  /**
   * Take an address, at once. A backend may do without.
   *
   * @throws {Error} A system error, of the call `bind`;
   * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` for a target that it cannot take.
   */
  bind?(target: BindTarget): Binding;

  /**
   * Take over a connected descriptor.
   *
   * @throws {Error} `ERR_INVALID_FD_TYPE` if it is no stream socket, or a
   * system error.
   */
  open(fd: number): Connection;
}
