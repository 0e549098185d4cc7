/**
 * Binding with the Bun backend, through the C library: Bun's own API binds a
 * socket only when it listens or connects.
 *
 * Before 1.4, Bun listens on no descriptor. There the bound socket frees its
 * address just before it listens.
 *
 * @module
 */
import { builtin } from "../builtins.ts";
import type {
  Binding,
  BindTarget,
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
  RuntimeAdapter,
} from "../adapter.ts";
import { connect } from "./connect.ts";
import {
  type BindOptions,
  bindPath,
  bindTcp,
  boundEndpoint,
  closeFd,
  hasLibc,
} from "./libc.ts";
import { listen } from "./listen.ts";
import { listensOnNoHandle } from "./old_releases/faults.ts";
import { codeOf, featureUnavailable, systemError } from "../errors.ts";
import { checkPipePath, pathBindCode } from "../common/pipe_path.ts";

class TcpBinding implements Binding {
  readonly kind = "tcp";
  readonly fd: number;
  readonly #endpoint: Endpoint;
  readonly #options: BindOptions;
  readonly #fallback: RuntimeAdapter;

  constructor(fd: number, options: BindOptions, fallback: RuntimeAdapter) {
    this.fd = fd;
    this.#options = options;
    this.#fallback = fallback;
    this.#endpoint = boundEndpoint(fd);
  }

  endpoint(): Endpoint {
    return this.#endpoint;
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    const handle = { fd: this.fd };
    if (listensOnNoHandle) {
      this.close();
      const { address, port } = this.#endpoint;
      return listen({
        ...this.#options,
        kind: "tcp",
        address,
        port,
        backlog,
        exclusive: true,
      }, sink);
    }
    return this.#fallback.listen({ kind: "handle", handle, backlog }, sink);
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    // Bun always makes the socket that connects, so this one frees the address
    // for it.
    this.close();
    const endpoint = this.#endpoint;
    if (target.kind === "tcp" && endpoint.family !== `IPv${target.family}`) {
      throw systemError("EAFNOSUPPORT", "connect", target);
    }
    return connect(target, sink, { endpoint });
  }

  close(): void {
    closeFd(this.fd);
  }
}

/** Replace a method of `object` by one that calls `after` in the end. */
function extend<Name extends string>(
  object: Record<Name, () => void>,
  name: Name,
  after: () => void,
): void {
  const method = object[name];
  object[name] = () => {
    method.call(object);
    after();
  };
}

/**
 * A socket that is bound to a path. Its last owner (binding, listener or
 * connection) removes the file when it closes, as in libuv.
 */
class PathBinding implements Binding {
  readonly kind = "pipe";
  readonly fd: number;
  readonly #path: string;
  readonly #fallback: RuntimeAdapter;

  constructor(fd: number, path: string, fallback: RuntimeAdapter) {
    this.fd = fd;
    this.#path = path;
    this.#fallback = fallback;
  }

  endpoint(): null {
    return null;
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    const handle = { fd: this.fd };
    if (listensOnNoHandle) {
      this.close();
      return listen({
        kind: "pipe",
        path: this.#path,
        backlog,
        readableAll: false,
        writableAll: false,
        exclusive: true,
      }, sink);
    }
    const listener = this.#fallback.listen(
      { kind: "handle", handle, backlog },
      sink,
    );
    extend(listener, "close", this.#removeFile);
    return listener;
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    let attempt: ConnectAttempt;
    try {
      if (target.kind === "pipe") checkPipePath(target.path, "connect");
      attempt = connect(target, this.#watch(sink), { fd: this.fd });
    } catch (error) {
      this.close();
      throw error;
    }
    extend(attempt, "abort", this.#removeFile);
    return attempt;
  }

  #watch(sink: ConnectSink): ConnectSink {
    return {
      onConnect: (connection) => {
        extend(connection, "close", this.#removeFile);
        sink.onConnect(connection);
      },
      onError: (error) => {
        this.#removeFile();
        sink.onError(error);
      },
    };
  }

  close(): void {
    closeFd(this.fd);
    this.#removeFile();
  }

  readonly #removeFile = (): void => {
    if (this.#path.startsWith("\0")) return;
    try {
      builtin("node:fs").unlinkSync(this.#path);
    } catch {
      // It is gone, or there is something else by now: not this one's to remove.
    }
  };
}

/**
 * Take an address.
 *
 * @param fallback Listens there, if that is what the binding is for.
 */
export function bind(
  target: BindTarget,
  fallback: RuntimeAdapter,
): Binding {
  if (target.kind === "native" || !hasLibc()) {
    throw featureUnavailable("bind", "bun");
  }
  if (target.kind === "tcp") {
    const fd = bindTcp(target.address, target.port, target);
    if (fd < 0) throw systemError(codeOf(fd), "bind", target);
    return new TcpBinding(fd, target, fallback);
  }
  checkPipePath(target.path, "bind");
  const fd = bindPath(target.path);
  if (fd >= 0) return new PathBinding(fd, target.path, fallback);
  throw systemError(pathBindCode(codeOf(fd)), "bind");
}
