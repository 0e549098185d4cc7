/**
 * Binding through the runtime's `node:net`: its own `BoundSocket` where there
 * is one (Node 24.20, 26.7), else a bare handle, which is not documented, nor
 * is `manualStart`.
 *
 * @module
 */
import net from "node:net";
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
import { connect } from "./connect.ts";
import { isMisnamed } from "./errors.ts";
import { createServerHandle } from "./handle.ts";
import { hasReusePort, listen } from "./listen.ts";
import { checkPipePath } from "../common/pipe_path.ts";

/** `net.BoundSocket`, as far as it is used here. */
interface NativeBoundSocket {
  address(): Endpoint | string;
  fd(): number;
  close(): void;
}

/** A bound handle of libuv, or Deno's likeness of one. */
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

// libuv's numbers.
const UV_TCP_IPV6ONLY = 1;
const UV_TCP_REUSEPORT = 2;

/** What is bound, as `server.listen` and `new Socket()` take it. */
class NodeBinding implements Binding {
  readonly kind: "tcp" | "pipe";
  readonly fd: number;
  readonly #handle: NativeBoundSocket | NativeHandle;
  readonly #endpoint: Endpoint | null;

  constructor(
    handle: NativeBoundSocket | NativeHandle,
    fd: number,
    endpoint: Endpoint | null,
  ) {
    this.kind = endpoint ? "tcp" : "pipe";
    this.fd = fd;
    this.#handle = handle;
    this.#endpoint = endpoint;
  }

  endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    return listen({ kind: "handle", handle: this.#handle, backlog }, sink);
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    // A socket reads from a handle at once unless it is told not to.
    const options: object = { handle: this.#handle, manualStart: true };
    return connect(target, sink, new net.Socket(options));
  }

  close(): void {
    this.#handle.close();
  }
}

/**
 * A bare handle with a path. A server would take its descriptor alone, and
 * leave the file behind, so it binds once more.
 */
class BarePathBinding extends NodeBinding {
  readonly #path: string;

  constructor(handle: NativeHandle, fd: number, path: string) {
    super(handle, fd, null);
    this.#path = path;
  }

  override listen(
    { backlog }: { backlog: number },
    sink: ListenSink,
  ): Listener {
    this.close();
    const target = { kind: "pipe", path: this.#path, backlog } as const;
    const plain = { readableAll: false, writableAll: false, exclusive: true };
    return listen({ ...target, ...plain }, sink);
  }
}

function adoptNative(bound: NativeBoundSocket): Binding {
  const address = bound.address();
  const endpoint = typeof address === "string" ? null : address;
  return new NodeBinding(bound, bound.fd(), endpoint);
}

function bindPath(path: string): Binding {
  const handle = makeHandle(path, -1, -1);
  const fd = handle.fd ?? -1;
  // Makes a handle that was meant to listen one that can be read, too.
  if (fd >= 0) handle.open?.(fd);
  return new BarePathBinding(handle, fd, path);
}

function bindTcp(target: TcpBindTarget): Binding {
  const { address, port, ipv6Only, reusePort } = target;
  if (reusePort && (!hasReusePort || "Deno" in globalThis)) {
    throw featureUnavailable("reusePort", "this runtime");
  }
  if (ipv6Only && "Deno" in globalThis) {
    throw featureUnavailable("ipv6Only", "deno");
  }
  const flags = (ipv6Only ? UV_TCP_IPV6ONLY : 0) |
    (reusePort ? UV_TCP_REUSEPORT : 0);
  const handle = makeHandle(address, port, net.isIP(address), flags);
  // That the address is in use is told by the next call only.
  const endpoint = {} as Endpoint;
  const error = handle.getsockname!(endpoint);
  if (error === 0 && (port === 0 || endpoint.port === port)) {
    return new NodeBinding(handle, handle.fd ?? -1, endpoint);
  }
  handle.close();
  throw systemError(error === 0 ? "EADDRINUSE" : codeOf(error), "bind", target);
}

/** @throws {Error} A system error. */
function makeHandle(
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
    // Deno's refusal has no code.
    if ((error as Error).name !== "NotCapable") throw error;
    const denial = systemError("EACCES", "bind", details);
    throw Object.assign(denial, { cause: error });
  }
  if (typeof handle !== "number") return handle as NativeHandle;
  throw systemError(codeOfBind(codeOf(handle), address), "bind", details);
}

/** The code that libuv has for it. */
function codeOfBind(code: string, address: string): string {
  if (code === "ENOENT") return "EACCES";
  return isMisnamed(code, address) ? "EADDRNOTAVAIL" : code;
}

/** Take an address. */
export function bind(target: BindTarget): Binding {
  if (target.kind === "native") {
    const { socket } = target;
    if (BoundSocket && socket instanceof BoundSocket) {
      return adoptNative(socket);
    }
    throw featureUnavailable("a BoundSocket of another net", "this runtime");
  }
  if (target.kind === "tcp") {
    return BoundSocket
      ? adoptNative(new BoundSocket({ ...target, host: target.address }))
      : bindTcp(target);
  }
  const { path } = target;
  checkPipePath(path, "bind");
  // At first it took no path.
  return BoundSocket && "isPipe" in BoundSocket.prototype
    ? adoptNative(new BoundSocket({ path }))
    : bindPath(path);
}
