/**
 * `net.BoundSocket`: an address taken now, for a later server or socket.
 *
 * @module
 */
import { process } from "../runtime/builtins.ts";
import type {
  Binding,
  BindTarget,
  PipeBindTarget,
  RuntimeAdapter,
  TcpBindTarget,
} from "../runtime/adapter.ts";
import { featureUnavailable } from "../runtime/errors.ts";
import { adapterOf } from "../runtime/select.ts";
import { invalidArgValue, socketHandleAdopted } from "./node/errors.ts";
import { isIP } from "./address/ip.ts";
import type { AddressInfo, BoundSocketLike } from "./options.ts";
import {
  validateBoolean,
  validateObject,
  validatePort,
  validateString,
} from "./node/validators.ts";

/** What a {@linkcode BoundSocket} is bound to: TCP, or a path. */
export interface BoundSocketOptions {
  /** Numeric address. Default `"0.0.0.0"`, or `"::"` with `ipv6Only`. */
  host?: string | undefined;
  /** Port. Default 0: any free one. */
  port?: number | undefined;
  /** Keep IPv4 peers out of an IPv6 server. Default `false`. */
  ipv6Only?: boolean | undefined;
  /** Let several sockets bind the same port. Default `false`. */
  reusePort?: boolean | undefined;
  /** Path of a Unix domain socket or named pipe, instead of all these. */
  path?: string | undefined;
  /** Backend to use instead of the default one. */
  adapter?: RuntimeAdapter | undefined;
}

/** Takes the binding out of a bound socket, which is used up then. */
let detach: (bound: BoundSocket) => Binding;

/**
 * An address that is taken but not in use yet. Give it to `server.listen`, or
 * as `handle` to a socket that is to connect from there. Both use it up.
 *
 * @example A port that is known and reserved before the server listens
 * ```ts
 * import net from "@isonet/net";
 *
 * const bound = new net.BoundSocket({ host: "127.0.0.1" });
 * const { port } = bound.address() as net.AddressInfo;
 * const server = net.createServer((peer) => peer.end("hello"));
 * server.listen(bound, () => {
 *   const socket = net.connect(port, "127.0.0.1");
 *   socket.on("data", (data) => console.log(String(data)));
 *   socket.on("close", () => server.close());
 * });
 * ```
 *
 * @see Node's page, "Class: net.BoundSocket"; new in Node 24.19 and 26.4
 */
export class BoundSocket implements BoundSocketLike {
  readonly #address: AddressInfo | string;
  #binding: Binding | null;

  static {
    detach = (bound) => {
      const binding = bound.#owned();
      bound.#binding = null;
      return binding;
    };
  }

  /**
   * Bind synchronously.
   *
   * @param options See {@linkcode BoundSocketOptions}.
   * @throws {Error} The error of bind(2), such as `EADDRINUSE`.
   * @throws {TypeError | RangeError} For options that make no sense: a host
   * name, a path with a port.
   */
  constructor(options: BoundSocketOptions = {}) {
    validateObject(options, "options");
    const target = bindTarget(options);
    this.#binding = bindWith(adapterOf(options), target);
    this.#address = target.kind === "pipe"
      ? target.path
      : this.#binding.endpoint()!;
  }

  #owned(): Binding {
    if (this.#binding === null) throw socketHandleAdopted();
    return this.#binding;
  }

  /**
   * The bound address with its port, or the path.
   *
   * @typeParam Form Which of them, if the caller knows. `@types/node` declares
   * addresses alone.
   * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` once it is used up or closed.
   */
  address<
    Form extends AddressInfo | string = AddressInfo | string,
  >(): Form {
    this.#owned();
    return this.#address as Form;
  }

  /**
   * The descriptor, or -1 where the runtime does not give it. It still belongs
   * to this object: do not close it.
   *
   * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` once it is used up or closed.
   */
  fd(): number {
    return this.#owned().fd;
  }

  /**
   * Free the address.
   *
   * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` once it is used up or closed.
   */
  close(): void {
    detach(this).close();
  }

  /** Free the address, unless it is used up or closed. */
  [Symbol.dispose](): void {
    if (this.#binding !== null) this.close();
  }

  /** Whether it is bound to a path. */
  get isPipe(): boolean {
    return typeof this.#address === "string";
  }
}

/** Whether a value is a bound socket, of this package or of the runtime. */
export function isBoundSocket(value: unknown): value is BoundSocketLike {
  const { address } = (value ?? {}) as Record<string, unknown>;
  // A server has an `address` method too, and on a handle `fd` is a number.
  return typeof address === "function" &&
    typeof (value as { fd?: unknown }).fd === "function";
}

/** What a bound socket held. */
export interface DetachedBinding {
  /** Now belongs to whoever took it. */
  binding: Binding;
  /** The path, if it is bound to one. */
  path: string | undefined;
}

/**
 * Take the binding out of a bound socket, to listen or to connect from there.
 *
 * @param bound A bound socket of this package or of the runtime. It is used up
 * afterwards.
 * @param adapter Takes over one of the runtime's own.
 * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` if it is used up or closed.
 */
export function detachBinding(
  bound: BoundSocketLike,
  adapter: RuntimeAdapter,
): DetachedBinding {
  const address = bound.address() as AddressInfo | string;
  const path = typeof address === "string" ? address : undefined;
  if (bound instanceof BoundSocket) return { binding: detach(bound), path };
  return {
    binding: bindWith(adapter, { kind: "native", socket: bound }),
    path,
  };
}

function bindWith(adapter: RuntimeAdapter, target: BindTarget): Binding {
  if (!adapter.bind) throw featureUnavailable("bind", adapter.name);
  return adapter.bind(target);
}

function bindTarget(
  options: BoundSocketOptions,
): TcpBindTarget | PipeBindTarget {
  const { path, host, port } = options;
  if (path !== undefined) {
    const { ipv6Only, reusePort } = options;
    if ([host, port, ipv6Only, reusePort].some((o) => o !== undefined)) {
      throw invalidArgValue(
        "options",
        options,
        "path is mutually exclusive with host, port, ipv6Only, and reusePort",
      );
    }
    validateString(path, "options.path");
    if (path.startsWith("\0") && process.platform !== "linux") {
      throw invalidArgValue(
        "options.path",
        path,
        "abstract socket paths are only supported on Linux",
      );
    }
    return { kind: "pipe", path };
  }
  validatePort(port ?? 0, "options.port");
  const ipv6Only = options.ipv6Only ?? false;
  const reusePort = options.reusePort ?? false;
  validateBoolean(ipv6Only, "options.ipv6Only");
  validateBoolean(reusePort, "options.reusePort");
  const address = host ?? (ipv6Only ? "::" : "0.0.0.0");
  validateString(address, "options.host");
  if (isIP(address) === 0) {
    throw invalidArgValue(
      "options.host",
      host,
      "must be a numeric IP address; net.BoundSocket does not perform DNS resolution",
    );
  }
  return { kind: "tcp", address, port: Number(port ?? 0), ipv6Only, reusePort };
}
