/**
 * The Deno backend, over `Deno.connect` and `Deno.listen`.
 *
 * Importing it works on any runtime and asks for no permission. TCP needs
 * `--allow-net`; a path needs `--allow-read` and `--allow-write` too. A denied
 * permission is a system error `EACCES` with Deno's own error as its `cause`.
 *
 * @module
 */
import { process } from "../builtins.ts";
import type {
  Capabilities,
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Listener,
  ListenSink,
  ListenTarget,
  RuntimeAdapter,
} from "../adapter.ts";
import { connect } from "./connect.ts";
import { DenoConnection } from "./connection.ts";
import { connectionOf } from "./handle/connection_of.ts";
import {
  type DenoInternals,
  findInternals,
  NO_INTERNALS,
} from "./internals.ts";
import { hasLibc } from "./libc.ts";
import { listen } from "./listen.ts";
import { canEndRead } from "./version.ts";
import { canDelayKeepAlive, canReset } from "./handle/tcp_handle.ts";
import { featureUnavailable } from "../errors.ts";

/** The Deno backend. It looks for `internals` at the first use, not before. */
class DenoAdapter implements RuntimeAdapter {
  readonly name = "deno";
  readonly #internals: () => DenoInternals;

  constructor(internals: () => DenoInternals) {
    this.#internals = internals;
  }

  get capabilities(): Capabilities {
    const internals = this.#internals();
    return {
      // Deno.connect has no such option, up to 2.9:
      // https://github.com/denoland/deno/issues/24153
      sourceAddress: false,
      // An attempt keeps the process alive, referenced or not; in Node too.
      unreferencedConnect: true,
      // Deno.listen has no such option, up to 2.9:
      // https://github.com/denoland/deno/issues/34714
      ipv6Only: false,
      // Deno.listen has it, but up to 2.9 it ends the process without
      // --unstable-net: https://github.com/denoland/deno/pull/16398
      reusePort: false,
      backlog: true,
      // Deno.listen and Deno.connect have no named pipes, up to 2.9:
      // https://github.com/denoland/deno/issues/10244
      pipe: process.platform !== "win32" && canEndRead,
      pipeMode: process.platform !== "win32" && canEndRead,
      listenHandle: false,
      openFd: false,
      cluster: false,
      get reset() {
        return canReset(internals);
      },
      get keepAliveDelay() {
        return canDelayKeepAlive(internals);
      },
      get keepAliveProbes() {
        return hasLibc();
      },
    };
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    return connect(target, sink, this.#internals());
  }

  listen(target: ListenTarget, sink: ListenSink): Listener {
    return listen(target, sink, this.#internals());
  }

  get takesAnyHandle(): boolean {
    return this.#internals().connHandles !== null;
  }

  /** Takes the handle of a connection of this backend. */
  wrap(native: object): Connection | undefined {
    const connection = connectionOf(native);
    if (connection instanceof DenoConnection) return connection;
    const { field } = this.#internals().connHandles ?? {};
    const { _handle = native } = native as { _handle?: object | null };
    // Its half-close would close the connection.
    if (field && _handle && field in _handle) {
      throw featureUnavailable("handle", "deno");
    }
    return undefined;
  }

  open(): Connection {
    throw featureUnavailable("openFd", "deno");
  }
}

/** Deno's own sockets, for {@linkcode RuntimeAdapter}. */
export const denoAdapter: RuntimeAdapter = new DenoAdapter(findInternals);

/**
 * The same over Deno's public API alone, as on a version that hides its
 * inside.
 */
export const denoPublicAdapter: RuntimeAdapter = new DenoAdapter(() =>
  NO_INTERNALS
);
