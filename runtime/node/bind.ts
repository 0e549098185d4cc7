/**
 * Binding through the runtime's `node:net`: with its own `BoundSocket` where
 * there is one (Node 24.20, 26.7), otherwise with a bare handle. Neither the
 * handle nor the option `manualStart` is documented.
 *
 * @module
 */
import { net } from "../native_net.ts";
import type {
  Binding,
  BindTarget,
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
  TcpBindTarget,
} from "../adapter.ts";
import { codeOf, featureUnavailable, systemError } from "../errors.ts";
import { connect, refuseDeniedPath } from "./connect.ts";
import type { NetDialect } from "./dialect.ts";
import { addressCode, isDenial, withCause } from "./errors.ts";
import { createServerHandle } from "./handle.ts";
import { hasReusePort, listen } from "./listen.ts";
import { checkPipePath, pathBindCode } from "../common/pipe_path.ts";

/** `net.BoundSocket`, as far as it is used here. */
interface NativeBoundSocket {
  address(): Endpoint | string;
  fd(): number;
  close(): void;
}

/** A bound handle of libuv, or Deno's imitation of one. */
interface NativeHandle {
  readonly fd?: number;
  getsockname?(endpoint: object): number;
  open?(fd: number): number;
  close(): void;
}

const { BoundSocket } = net as unknown as {
  BoundSocket?: {
    new (options: object): NativeBoundSocket;
    readonly prototype: NativeBoundSocket;
  };
};

// Flags of libuv's `uv_tcp_bind`.
const UV_TCP_IPV6ONLY = 1;
const UV_TCP_REUSEPORT = 2;

/** What is bound, as `server.listen` and `new Socket()` take it. */
class NodeBinding implements Binding {
  readonly kind: "tcp" | "pipe";
  readonly fd: number;
  readonly #handle: NativeBoundSocket | NativeHandle;
  readonly #endpoint: Endpoint | null;
  protected readonly dialect: NetDialect;

  constructor(
    handle: NativeBoundSocket | NativeHandle,
    fd: number,
    endpoint: Endpoint | null,
    dialect: NetDialect,
  ) {
    this.dialect = dialect;
    this.kind = endpoint ? "tcp" : "pipe";
    this.fd = fd;
    this.#handle = handle;
    this.#endpoint = endpoint;
  }

  endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    const target = { kind: "handle", handle: this.#handle, backlog } as const;
    return listen(this.dialect, target, sink);
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    // Without `manualStart`, the socket would read from the handle at once.
    const options: object = { handle: this.#handle, manualStart: true };
    return connect(this.dialect, target, sink, new net.Socket(options));
  }

  close(): void {
    this.#handle.close();
  }
}

/**
 * A bare handle with a path. A server that was given the handle would use only
 * its descriptor, and not remove the file when it closes. So `listen` binds the
 * path once more.
 */
class BarePathBinding extends NodeBinding {
  readonly #path: string;

  constructor(
    handle: NativeHandle,
    fd: number,
    path: string,
    dialect: NetDialect,
  ) {
    super(handle, fd, null, dialect);
    this.#path = path;
  }

  override listen(
    { backlog }: { backlog: number },
    sink: ListenSink,
  ): Listener {
    this.close();
    const target = { kind: "pipe", path: this.#path, backlog } as const;
    const plain = { readableAll: false, writableAll: false, exclusive: true };
    return listen(this.dialect, { ...target, ...plain }, sink);
  }
}

function bindingOf(bound: NativeBoundSocket, dialect: NetDialect): Binding {
  const address = bound.address();
  const endpoint = typeof address === "string" ? null : address;
  return new NodeBinding(bound, bound.fd(), endpoint, dialect);
}

function bindPath(path: string, dialect: NetDialect): Binding {
  const handle = makeHandle(dialect, path, -1, -1);
  const fd = handle.fd ?? -1;
  // The handle was made for a server; opened anew, it can connect and read.
  if (fd >= 0) handle.open?.(fd);
  return new BarePathBinding(handle, fd, path, dialect);
}

function bindTcp(target: TcpBindTarget, dialect: NetDialect): Binding {
  const { address, port, ipv6Only, reusePort } = target;
  if (reusePort && !(hasReusePort && dialect.bindFlags)) {
    throw featureUnavailable("reusePort", "this runtime");
  }
  if (ipv6Only && !dialect.bindFlags) {
    throw featureUnavailable("ipv6Only", dialect.runtime);
  }
  const flags = (ipv6Only ? UV_TCP_IPV6ONLY : 0) |
    (reusePort ? UV_TCP_REUSEPORT : 0);
  const handle = makeHandle(
    dialect,
    address,
    port,
    net.isIP(address),
    flags,
  );
  // libuv keeps to itself that the address is in use, up to the next call.
  const endpoint = {} as Endpoint;
  const error = handle.getsockname!(endpoint);
  if (error === 0 && (port === 0 || endpoint.port === port)) {
    return new NodeBinding(handle, handle.fd ?? -1, endpoint, dialect);
  }
  handle.close();
  throw systemError(error === 0 ? "EADDRINUSE" : codeOf(error), "bind", target);
}

/** @throws {Error} A system error. */
function makeHandle(
  dialect: NetDialect,
  address: string,
  port: number,
  addressType: number,
  flags?: number,
): NativeHandle {
  const details = addressType < 0 ? {} : { address, port };
  let handle;
  try {
    handle = createServerHandle(address, port, addressType, undefined, flags);
  } catch (error) {
    if (!isDenial(error)) throw error;
    throw withCause(systemError("EACCES", "bind", details), error);
  }
  if (typeof handle !== "number") return handle as NativeHandle;
  const code = addressCode(pathBindCode(codeOf(handle)), address, dialect);
  throw systemError(code, "bind", details);
}

/** Take an address. */
export function bind(dialect: NetDialect, target: BindTarget): Binding {
  if (target.kind === "native") {
    const { socket } = target;
    if (BoundSocket && socket instanceof BoundSocket) {
      return bindingOf(socket, dialect);
    }
    throw featureUnavailable("a BoundSocket of another net", "this runtime");
  }
  if (target.kind === "tcp") {
    return BoundSocket
      ? bindingOf(
        new BoundSocket({ ...target, host: target.address }),
        dialect,
      )
      : bindTcp(target, dialect);
  }
  const { path } = target;
  checkPipePath(path, "bind");
  refuseDeniedPath(path, "bind", dialect);
  if (dialect.isPathTaken(path)) throw systemError("EADDRINUSE", "bind");
  // The first versions that had `BoundSocket` took no path.
  return BoundSocket && "isPipe" in BoundSocket.prototype
    ? bindingOf(new BoundSocket({ path }), dialect)
    : bindPath(path, dialect);
}
