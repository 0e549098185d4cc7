/**
 * `net.BoundSocket`: an address taken now, for a server or a socket to come.
 *
 * @module
 */
import process from "node:process";
import type {
  Binding,
  BindTarget,
  PipeBindTarget,
  RuntimeAdapter,
  TcpBindTarget,
} from "../runtime/adapter.ts";
import { featureUnavailable } from "../runtime/errors.ts";
import { getDefaultAdapter } from "../runtime/select.ts";
import { invalidArgValue, socketHandleAdopted } from "./node/errors.ts";
import { isIP } from "./address/ip.ts";
import type { AddressInfo } from "./options.ts";
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
  /** A path in place of all that. */
  path?: string | undefined;
  /** Backend to use instead of the default one. */
  adapter?: RuntimeAdapter | undefined;
}

let take: (bound: BoundSocket) => Binding;

/**
 * An address that is taken, but not in use: give it to `server.listen`, or to
 * a socket that is to connect from there, as `handle`. Both use it up.
 *
 * @example A port that is known, and kept, before anybody listens
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
    take = (bound) => {
      const binding = bound.#owned();
      bound.#binding = null;
      return binding;
    };
  }

  /**
   * Bind, at once.
   *
   * @throws {Error} `EADDRINUSE` and what else bind(2) says.
   * @throws {TypeError | RangeError} For options that make no sense: a host
   * name, a path with a port.
   */
  constructor(options: BoundSocketOptions = {}) {
    validateObject(options, "options");
    const target = bindTarget(options);
    this.#binding = bindWith(options.adapter ?? getDefaultAdapter(), target);
    this.#address = target.kind === "pipe"
      ? target.path
      : this.#binding.endpoint()!;
  }

  #owned(): Binding {
    if (this.#binding === null) throw socketHandleAdopted();
    return this.#binding;
  }

  /**
   * The bound address, the port it got included, or the path.
   *
   * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` once it is used up or closed.
   */
  address(): AddressInfo | string {
    this.#owned();
    return this.#address;
  }

  /**
   * The descriptor, which stays this object's; -1 where it is not told.
   *
   * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` once it is used up or closed.
   */
  fd(): number {
    return this.#owned().fd;
  }

  /**
   * Give the address back.
   *
   * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` once it is used up or closed.
   */
  close(): void {
    take(this).close();
  }

  /** Give the address back, unless it is used up or closed. */
  [Symbol.dispose](): void {
    if (this.#binding !== null) this.close();
  }

  /** Whether it is bound to a path. */
  get isPipe(): boolean {
    return typeof this.#address === "string";
  }
}

/** The part of a {@linkcode BoundSocket} that a runtime's own has, too. */
export interface BoundSocketLike {
  /** See {@linkcode BoundSocket.address}. */
  address(): AddressInfo | string;
  /** See {@linkcode BoundSocket.fd}. */
  fd(): number;
  /** See {@linkcode BoundSocket.close}. */
  close(): void;
}

/** Whether it is a bound socket, this package's or the runtime's own. */
export function isBoundSocket(value: unknown): value is BoundSocketLike {
  const { address } = (value ?? {}) as Record<string, unknown>;
  // A server has an address, too, and a handle a number for a descriptor.
  return typeof address === "function" &&
    typeof (value as { fd?: unknown }).fd === "function";
}

/** What a bound socket held. */
export interface Adopted {
  /** The new owner's from here on. */
  binding: Binding;
  /** The path it is bound to, if it is. */
  path: string | undefined;
}

/**
 * Take over what a bound socket holds.
 *
 * @param adapter Knows the runtime's own.
 * @throws {Error} `ERR_SOCKET_HANDLE_ADOPTED` if it is used up or closed.
 */
export function adopt(
  bound: BoundSocketLike,
  adapter: RuntimeAdapter,
): Adopted {
  const address = bound.address();
  const path = typeof address === "string" ? address : undefined;
  if (bound instanceof BoundSocket) return { binding: take(bound), path };
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
