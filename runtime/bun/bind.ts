/**
 * Binding with the Bun backend: through the C library, as Bun binds only what
 * listens or connects.
 *
 * @module
 */
import { rmSync } from "node:fs";
import type {
  Binding,
  BindTarget,
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
} from "../adapter.ts";
import { connect } from "./connect.ts";
import { bindPath, bindTcp, boundEndpoint, closeFd, hasLibc } from "./libc.ts";
import { codeOf, featureUnavailable, systemError } from "../errors.ts";
import { listen } from "../node/listen.ts";
import { checkPipePath } from "../common/pipe_path.ts";

class TcpBinding implements Binding {
  readonly kind = "tcp";
  readonly fd: number;
  readonly #endpoint: Endpoint;

  constructor(fd: number) {
    this.fd = fd;
    this.#endpoint = boundEndpoint(fd);
  }

  endpoint(): Endpoint {
    return this.#endpoint;
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    return listen({ kind: "handle", handle: { fd: this.fd }, backlog }, sink);
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    // Bun makes the socket that connects, so this one makes room for it.
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

/** Have `after` called whenever a method of `object` has been. */
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

/** Like libuv, whoever owns it in the end removes the file when it closes. */
class PathBinding implements Binding {
  readonly kind = "pipe";
  readonly fd: number;
  readonly #path: string;

  constructor(fd: number, path: string) {
    this.fd = fd;
    this.#path = path;
  }

  endpoint(): null {
    return null;
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    const handle = { fd: this.fd };
    const listener = listen({ kind: "handle", handle, backlog }, sink);
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
    if (!this.#path.startsWith("\0")) rmSync(this.#path, { force: true });
  };
}

/** Take an address. */
export function bind(target: BindTarget): Binding {
  if (target.kind === "native" || !hasLibc()) {
    throw featureUnavailable("bind", "bun");
  }
  if (target.kind === "tcp") {
    const fd = bindTcp(target.address, target.port, target);
    if (fd < 0) throw systemError(codeOf(fd), "bind", target);
    return new TcpBinding(fd);
  }
  checkPipePath(target.path, "bind");
  const fd = bindPath(target.path);
  if (fd >= 0) return new PathBinding(fd, target.path);
  const code = codeOf(fd);
  // libuv's word for a path whose directory is missing.
  throw systemError(code === "ENOENT" ? "EACCES" : code, "bind");
}
