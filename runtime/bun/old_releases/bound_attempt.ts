/**
 * Connecting from an address that the program chose, on Linux with a Bun before
 * 1.4: `Bun.connect` ignores the options for it there.
 *
 * Bun makes a socket of a descriptor that is bound and connects still. The first
 * `drain` of the socket says that it has connected, `close` that it has failed.
 *
 * @module
 */
import type {
  ConnectAttempt,
  ConnectSink,
  Endpoint,
  TcpConnectTarget,
} from "../../adapter.ts";
import { bunApi, type BunSocket } from "../api.ts";
import { connectError, hasSource } from "../connect_errors.ts";
import { BunConnection } from "../connection.ts";
import {
  type BunSocketOwner,
  handlers,
  UnconnectedOwner,
} from "../handlers.ts";
import { bindTcp, connectTcp, hasLibc } from "../libc.ts";
import { repeatUnref } from "./faults.ts";
import { closeCode } from "./old_socket.ts";
import {
  codeOf,
  featureUnavailable,
  systemError,
  withLocalAddress,
} from "../../errors.ts";
import { endpointOf } from "../../common/endpoint.ts";
import { guardConnectSink } from "../../common/guarded_sinks.ts";
import { connectableAddress } from "../../common/unspecified_address.ts";
import { setImmediate } from "../../timers.ts";

/** An attempt of a socket that is bound. */
export class BoundAttempt extends UnconnectedOwner
  implements ConnectAttempt, BunSocketOwner {
  readonly #target: TcpConnectTarget;
  readonly #sink: ConnectSink;
  #referenced: boolean;
  /** The socket; `null` once it is connected or has failed. */
  #socket: BunSocket<BunSocketOwner> | null = null;

  /**
   * @param source Where to connect from.
   * @throws {Error} The system's error, if it does not bind or not connect at
   * once.
   */
  constructor(
    target: TcpConnectTarget,
    source: { readonly address: string; readonly port: number },
    sink: ConnectSink,
  ) {
    super();
    this.#target = target;
    this.#sink = guardConnectSink(sink);
    this.#referenced = target.referenced;
    // It opens before this returns.
    bunApi().connect<BunSocketOwner>({
      fd: startConnect(target, source),
      data: this,
      socket: handlers,
      allowHalfOpen: true,
    });
    if (hasSource(target)) setImmediate(reportBound, this);
  }

  reportBound(): void {
    if (this.#socket) this.#sink.onBound?.();
  }

  abort(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  localEndpoint(): Endpoint | null {
    const socket = this.#socket;
    return socket && endpointOf(socket.localAddress, socket.localPort);
  }

  // As in Node, an attempt keeps the process alive. The two take effect later.

  ref(): void {
    this.#referenced = true;
  }

  unref(): void {
    this.#referenced = false;
  }

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    this.#socket = socket;
  }

  override onDrain(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    const connection = new BunConnection(socket, "tcp");
    if (!this.#referenced) connection.unref();
    this.#sink.onConnect(connection);
    connection.opened();
    repeatUnref(socket, connection);
  }

  override onClose(error?: Error): void {
    if (this.#socket === null) return;
    this.#socket = null;
    const code = closeCode(error, "ECONNREFUSED");
    this.#sink.onError(connectError(code, this.#target));
  }
}

const reportBound = (attempt: BoundAttempt) => attempt.reportBound();

/** Bind and connect. Returns the descriptor. */
function startConnect(
  target: TcpConnectTarget,
  source: { readonly address: string; readonly port: number },
): number {
  if (!hasLibc()) throw featureUnavailable("sourceAddress", "bun");
  const { address, port } = source;
  const bound = bindTcp(address, port, { ipv6Only: false, reusePort: false });
  if (bound < 0) throw systemError(codeOf(bound), "bind", { address, port });
  const fd = connectTcp(connectableAddress(target.address), target.port, bound);
  if (fd >= 0) return fd;
  const error = systemError(codeOf(fd), "connect", target);
  throw withLocalAddress(error, address, port);
}
