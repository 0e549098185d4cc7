/**
 * Connecting over the runtime's `node:net`.
 *
 * @module
 */
import { net } from "../native_net.ts";
import type {
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  PipeConnectTarget,
  Reservation,
  ReserveTarget,
  TcpConnectTarget,
} from "../adapter.ts";
import { systemError } from "../errors.ts";
import { localEndpointOf, NodeConnection } from "./connection.ts";
import type { NetDialect } from "./dialect.ts";
import { connectError, isDenial, withCause } from "./errors.ts";
import { guardConnectSink } from "../common/guarded_sinks.ts";
import { checkPipePath } from "../common/pipe_path.ts";

/**
 * Refuse a source address of another family, as the system does. Deno 2.9.5
 * connects without it (not reported).
 */
function refuseOtherFamily(target: TcpConnectTarget): void {
  const { localAddress: address, localPort: port, family } = target;
  if (!address || net.isIP(address) === family) return;
  throw systemError("EINVAL", "bind", { address, port });
}

/** What a lookup of a host calls with the address. */
type Resolve = (error: null, address: string, family: number) => void;

function handleOf(socket: net.Socket): object | null {
  return (socket as { _handle?: object | null })._handle ?? null;
}

/** Refuse what the program has no permission for. */
function refuseDenied(target: TcpConnectTarget, dialect: NetDialect): void {
  const { address, port, family, localAddress, localPort } = target;
  if (localAddress || localPort) {
    const any = family === 6 ? "::" : "0.0.0.0";
    const from = { address: localAddress || any, port: localPort ?? 0 };
    const denial = dialect.netDenial(from.address, from.port);
    if (denial) throw withCause(systemError("EACCES", "bind", from), denial);
  }
  if (dialect.isGrantedByName(target)) return;
  const denial = dialect.netDenial(address, port);
  if (denial) throw withCause(systemError("EACCES", "connect", target), denial);
}

/** Refuse a path that the program has no permission for. */
export function refuseDeniedPath(
  path: string,
  call: "bind" | "connect",
  dialect: NetDialect,
): void {
  const denial = dialect.pathDenial(path);
  if (denial) {
    throw withCause(
      systemError("EACCES", call, call === "bind" ? {} : { address: path }),
      denial,
    );
  }
}

class NodeAttempt implements ConnectAttempt {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  readonly #socket: net.Socket;
  readonly #dialect: NetDialect;

  constructor(
    target: ConnectTarget,
    sink: ConnectSink,
    socket: net.Socket,
    dialect: NetDialect,
  ) {
    this.#target = target;
    this.#sink = dialect.reportsExceptions ? sink : guardConnectSink(sink);
    this.#socket = socket;
    this.#dialect = dialect;
  }

  /** @param resolve Gives the address to a socket that waits for it. */
  start(resolve?: Resolve): this {
    const target = this.#target;
    const socket = this.#socket;
    socket.on("error", this.#onError).on("connect", this.#onConnect);
    if (target.kind === "pipe") {
      this.#connectPath(target);
    } else {
      const { address, port, family, localAddress, localPort } = target;
      if (this.#dialect.announcesBound && (localAddress || localPort)) {
        socket.once("connectionAttempt", () => this.#sink.onBound?.());
      }
      if (resolve) {
        resolve(null, address, family);
      } else {
        socket.connect({
          // It looks a name up itself, and takes an address as it is.
          host: this.#dialect.isGrantedByName(target) ? target.host : address,
          port,
          family,
          localAddress,
          localPort,
          autoSelectFamily: false,
        });
      }
    }
    // Deno on Windows finds at once that there is no such pipe. As on Node, the
    // 'error' of the socket reports that later.
    const isLater = target.kind === "pipe" && !this.#dialect.completeErrors;
    if (socket.destroyed && !isLater) {
      this.#ignore();
      throw connectError(socket.errored!, target, this.#dialect);
    }
    if (!target.referenced) socket.unref();
    return this;
  }

  /** Deno on Windows throws what it has no permission for. */
  #connectPath(target: PipeConnectTarget): void {
    try {
      this.#socket.connect({ path: target.path });
    } catch (error) {
      this.abort();
      throw isDenial(error)
        ? connectError(error as Error, target, this.#dialect)
        : error;
    }
  }

  readonly #onConnect = (): void => {
    this.#removeListeners();
    this.#sink.onConnect(
      new NodeConnection(this.#socket, this.#target.kind, this.#dialect),
    );
  };

  readonly #onError = (error: Error): void => {
    this.#ignore();
    this.#sink.onError(connectError(error, this.#target, this.#dialect));
  };

  #removeListeners(): void {
    this.#socket.off("error", this.#onError).off("connect", this.#onConnect);
  }

  /** Ignore what the socket still emits, errors included. */
  #ignore(): void {
    this.#removeListeners();
    this.#socket.on("error", () => {});
  }

  get handle(): object | null {
    return handleOf(this.#socket);
  }

  localEndpoint(): Endpoint | null {
    return localEndpointOf(this.#socket);
  }

  abort(): void {
    this.#ignore();
    this.#socket.destroy();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }
}

/**
 * A socket that has its handle, and waits for its address. `connect` makes the
 * handle at once, and then looks up the host: here the lookup ends when the
 * address is known.
 */
class NodeReservation implements Reservation {
  readonly #dialect: NetDialect;
  readonly #socket: net.Socket = new net.Socket();
  #resolve: Resolve | undefined;

  constructor(dialect: NetDialect, target: ReserveTarget) {
    this.#dialect = dialect;
    this.#socket.allowHalfOpen = true;
    this.#socket.connect({
      ...target,
      host: "reserved",
      autoSelectFamily: false,
      lookup: (_host, _options, resolve) => {
        this.#resolve = resolve as Resolve;
      },
    });
  }

  get handle(): object {
    return handleOf(this.#socket)!;
  }

  /** `tls` puts its own accessor onto the handle that it takes. */
  get isTaken(): boolean {
    const { handle } = this;
    return Object.getOwnPropertyDescriptor(handle, "reading")?.get !==
      undefined;
  }

  connect(target: TcpConnectTarget, sink: ConnectSink): ConnectAttempt {
    return new NodeAttempt(target, sink, this.#socket, this.#dialect)
      .start(this.#resolve);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Make the handle of a connection whose address is not known yet. */
export function reserve(
  dialect: NetDialect,
  target: ReserveTarget,
): Reservation {
  return new NodeReservation(dialect, target);
}

/**
 * Start one attempt to connect.
 *
 * @param socket The socket to connect, if there is one that is bound already.
 */
export function connect(
  dialect: NetDialect,
  target: ConnectTarget,
  sink: ConnectSink,
  socket: net.Socket = new net.Socket(),
): ConnectAttempt {
  if (target.kind === "pipe") {
    const { path } = target;
    checkPipePath(path, "connect");
    refuseDeniedPath(path, "connect", dialect);
  } else {
    refuseOtherFamily(target);
    refuseDenied(target, dialect);
  }
  // Not passed as an option: up to Node 22, any option makes the constructor
  // ten times slower (not reported).
  socket.allowHalfOpen = true;
  return new NodeAttempt(target, sink, socket, dialect).start();
}
