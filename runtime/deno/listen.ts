/**
 * Listening with the Deno backend.
 *
 * @module
 */
import { process } from "../builtins.ts";
import type {
  Endpoint,
  Listener,
  ListenSink,
  ListenTarget,
  PipeListenTarget,
  TcpListenTarget,
} from "../adapter.ts";
import { denoNamespace, isGrantedByName, type NativeListener } from "./api.ts";
import { fromDenoError } from "./errors.ts";
import type { DenoInternals } from "./internals.ts";
import { DenoListener, isClosing, listenersClosed } from "./listener.ts";
import { withoutNeedlessZone } from "../common/zone.ts";
import { guardListenSink } from "../common/guarded_sinks.ts";
import {
  featureUnavailable,
  type SystemError,
  systemError,
} from "../errors.ts";
import { pathBindCode } from "../common/pipe_path.ts";
import { setPipeMode } from "../common/pipe_mode.ts";

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
      hostname: withoutNeedlessZone(address),
      port,
      tcpBacklog: backlog,
    });
  } catch (error) {
    const details = { address, port, explain: true };
    const made = fromDenoError(error, "listen", details);
    // Deno looks an address up. On Windows, it then reports a zone that is not
    // there as ENOENT (2.9.5, not reported).
    if (made.code !== "ENOENT") throw made;
    throw systemError("EINVAL", "listen", details);
  }
}

/** @throws {Error} A system error. */
function bindTcp(target: TcpListenTarget): NativeListener {
  const { address, host, port } = target;
  if (address !== null) {
    const byName = isGrantedByName({ address, host, port });
    return bindAddress(byName ? host! : address, target);
  }
  // On Windows `::` does not include IPv4 unless the socket is told so, which
  // Deno has no option for. Its own `node:net` binds IPv4 there, too.
  if (process.platform === "win32") return bindAddress("0.0.0.0", target);
  try {
    return bindAddress("::", target);
  } catch (error) {
    if (!NO_IPV6.has((error as SystemError).code)) throw error;
    return bindAddress("0.0.0.0", target);
  }
}

/** @throws {Error} Deno's. */
function listenOnPath(target: PipeListenTarget): NativeListener {
  const { path } = target;
  const listener = denoNamespace().listen({ transport: "unix", path });
  try {
    setPipeMode(target);
    return listener;
  } catch (error) {
    listener.close();
    throw error;
  }
}

/** @throws {Error} A system error. */
function bindPath(target: PipeListenTarget): NativeListener {
  const { path } = target;
  try {
    return listenOnPath(target);
  } catch (error) {
    const details = { address: path, port: -1, explain: true };
    const made = fromDenoError(error, "listen", details);
    const code = pathBindCode(made.code);
    throw code === made.code ? made : systemError(code, "listen", details);
  }
}

/**
 * {@linkcode Listener} on an address that a closed listener still holds. It
 * binds as soon as that is gone.
 */
class PendingListener implements Listener {
  readonly #certain: boolean;
  #bound: Listener | null = null;
  #referenced = true;
  #closed = false;

  /**
   * @param ready When to bind.
   * @param bind Binds, or throws the error to report.
   * @param certain Whether this counts as bound from the start: for a path
   * that this process held a moment ago, and that has no port to report.
   */
  constructor(
    ready: Promise<unknown>,
    bind: () => Listener,
    sink: ListenSink,
    certain: boolean,
  ) {
    this.#certain = certain;
    const guardedSink = guardListenSink(sink);
    ready.then(() => {
      if (this.#closed) return;
      try {
        this.#bound = bind();
      } catch (error) {
        return guardedSink.onError(error as Error);
      }
      if (!this.#referenced) this.#bound.unref();
      if (!certain) guardedSink.onListening();
    });
  }

  get pending(): boolean {
    return this.#bound === null && !this.#certain;
  }

  get fd(): number {
    return -1;
  }

  get handle(): object | null | undefined {
    return this.#bound?.handle;
  }

  endpoint(): Endpoint | null {
    return this.#bound?.endpoint() ?? null;
  }

  close(): boolean {
    this.#closed = true;
    return this.#bound?.close() ?? true;
  }

  ref(): void {
    this.#referenced = true;
    this.#bound?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#bound?.unref();
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
