/**
 * Connecting over the runtime's `node:net`.
 *
 * @module
 */
import net from "node:net";
import type {
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  TcpConnectTarget,
} from "../adapter.ts";
import { systemError } from "../errors.ts";
import { localEndpointOf, NodeConnection } from "./connection.ts";
import { connectError } from "./errors.ts";
import { checkPipePath } from "../common/pipe_path.ts";

/** Deno's goes on without the source address. */
function refuseOtherFamily(target: TcpConnectTarget): void {
  const { localAddress: address, localPort: port, family } = target;
  if (!address || net.isIP(address) === family) return;
  throw systemError("EINVAL", "bind", { address, port });
}

class NodeAttempt implements ConnectAttempt {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  readonly #socket: net.Socket;

  constructor(target: ConnectTarget, sink: ConnectSink, socket: net.Socket) {
    this.#target = target;
    this.#sink = sink;
    this.#socket = socket;
  }

  start(): this {
    const target = this.#target;
    const socket = this.#socket;
    socket.on("error", this.#onError).on("connect", this.#onConnect);
    if (target.kind === "pipe") {
      socket.connect({ path: target.path });
    } else {
      const { address, port, family, localAddress, localPort } = target;
      // Bun's emits it before it binds, so it tells nothing.
      if (!("Bun" in globalThis) && (localAddress || localPort)) {
        socket.once("connectionAttempt", () => this.#sink.onBound?.());
      }
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
      this.#deafen();
      throw connectError(socket.errored!, target);
    }
    if (!target.referenced) socket.unref();
    return this;
  }

  readonly #onConnect = (): void => {
    this.#forget();
    this.#sink.onConnect(new NodeConnection(this.#socket, this.#target.kind));
  };

  readonly #onError = (error: Error): void => {
    this.#deafen();
    this.#sink.onError(connectError(error, this.#target));
  };

  #forget(): void {
    this.#socket.off("error", this.#onError).off("connect", this.#onConnect);
  }

  /** Nothing that comes now counts. */
  #deafen(): void {
    this.#forget();
    this.#socket.on("error", () => {});
  }

  localEndpoint(): Endpoint | null {
    return localEndpointOf(this.#socket);
  }

  abort(): void {
    this.#deafen();
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
 * Start one attempt to connect.
 *
 * @param socket To connect with, if it is to be one that is bound already.
 */
export function connect(
  target: ConnectTarget,
  sink: ConnectSink,
  socket: net.Socket = new net.Socket(),
): ConnectAttempt {
  if (target.kind === "pipe") checkPipePath(target.path, "connect");
  else refuseOtherFamily(target);
  // Set afterwards: until Node 22, any option makes a socket ten times dearer.
  socket.allowHalfOpen = true;
  return new NodeAttempt(target, sink, socket).start();
}
