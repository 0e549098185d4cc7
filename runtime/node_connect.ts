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
  TcpConnectTarget,
} from "./adapter.ts";
import { systemError } from "./errors.ts";
import { localEndpointOf, NodeConnection } from "./node_connection.ts";
import { connectError } from "./node_errors.ts";
import { checkPipePath } from "./pipe_path.ts";

/** Deno's goes on without the source address. */
function refuseOtherFamily(target: TcpConnectTarget): void {
  const { localAddress: address, localPort: port, family } = target;
  if (!address || net.isIP(address) === family) return;
  throw systemError("EINVAL", "bind", { address, port });
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
