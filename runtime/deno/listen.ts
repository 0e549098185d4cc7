/**
 * Listening with the Deno backend.
 *
 * @module
 */
import type {
  Listener,
  ListenSink,
  ListenTarget,
  PipeListenTarget,
  TcpListenTarget,
} from "../adapter.ts";
import { denoNamespace, type NativeListener } from "./api.ts";
import { fromDenoError } from "./errors.ts";
import type { DenoInternals } from "./internals.ts";
import { DenoListener, isClosing, listenersClosed } from "./listener.ts";
import { PendingListener } from "./pending_listener.ts";
import {
  featureUnavailable,
  type SystemError,
  systemError,
} from "../errors.ts";
import { pathBindCode } from "../common/pipe_path.ts";

/** Errors that mean that the system has no IPv6. */
const NO_IPV6: ReadonlySet<string> = new Set([
  "EAFNOSUPPORT",
  "EADDRNOTAVAIL",
  "EPROTONOSUPPORT",
]);

/** @throws {Error} A system error. */
function bindAddress(
  address: string,
  { port, backlog }: TcpListenTarget,
): NativeListener {
  try {
    return denoNamespace().listen({
      hostname: address,
      port,
      tcpBacklog: backlog,
    });
  } catch (error) {
    throw fromDenoError(error, "listen", { address, port, explain: true });
  }
}

/** @throws {Error} A system error. */
function bindTcp(target: TcpListenTarget): NativeListener {
  if (target.address !== null) return bindAddress(target.address, target);
  try {
    return bindAddress("::", target);
  } catch (error) {
    if (!NO_IPV6.has((error as SystemError).code)) throw error;
    return bindAddress("0.0.0.0", target);
  }
}

/** @throws {Error} A system error. */
function bindPath({ path }: PipeListenTarget): NativeListener {
  try {
    return denoNamespace().listen({ transport: "unix", path });
  } catch (error) {
    const details = { address: path, port: -1, explain: true };
    const made = fromDenoError(error, "listen", details);
    const code = pathBindCode(made.code);
    throw code === made.code ? made : systemError(code, "listen", details);
  }
}

/**
 * Bind and listen.
 *
 * @param internals The parts of Deno's inside that may be used.
 * @throws {Error} A system error.
 */
export function listen(
  target: ListenTarget,
  sink: ListenSink,
  internals: DenoInternals,
): Listener {
  if (target.kind === "handle") {
    throw featureUnavailable("listenHandle", "deno");
  }
  const bind = () =>
    target.kind === "tcp"
      ? new DenoListener(bindTcp(target), null, sink, internals)
      : new DenoListener(bindPath(target), target.path, sink, internals);
  const closing = listenersClosed();
  if (closing === null) return bind();
  if (target.kind === "pipe" && isClosing(target.path)) {
    // Bound now, the file would be removed by the listener that is closing.
    return new PendingListener(closing, bind, sink, true);
  }
  try {
    return bind();
  } catch (error) {
    if ((error as SystemError).code !== "EADDRINUSE") throw error;
    return new PendingListener(closing, bind, sink, false);
  }
}
