/**
 * A backend without sockets: a listener is an entry of a set, a connection two
 * queues of bytes. It serves tests, and shows what the contract in
 * `runtime/adapter.ts` asks of a backend.
 *
 * @module
 */
import { setImmediate } from "../../runtime/timers.ts";
import type {
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
  ListenTarget,
  RuntimeAdapter,
  TcpConnectTarget,
} from "../../runtime/adapter.ts";
import { featureUnavailable, systemError } from "../../runtime/errors.ts";
import { MemoryConnection } from "./connection.ts";

/** What a listener takes of each family: one address or path, or `*` for all. */
interface Reach {
  readonly port: number;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly path?: string;
}

function reachOf(address: string, port: number, ipv6Only = false): Reach {
  if (!address.includes(":")) {
    return { port, ipv4: address === "0.0.0.0" ? "*" : address };
  }
  if (address !== "::") return { port, ipv6: address };
  return ipv6Only ? { port, ipv6: "*" } : { port, ipv4: "*", ipv6: "*" };
}

function overlap(a: Reach, b: Reach): boolean {
  const meet = (one?: string, other?: string) =>
    one !== undefined && other !== undefined &&
    (one === other || one === "*" || other === "*");
  return a.port === b.port &&
    (a.path !== undefined
      ? a.path === b.path
      : meet(a.ipv4, b.ipv4) || meet(a.ipv6, b.ipv6));
}

const WILDCARD = /^(0\.0\.0\.0|::)$/;

function isLocal(address: string): boolean {
  return /^(127\..*|::1)$/.test(address) || WILDCARD.test(address);
}

function endpointOf(address: string, port: number): Endpoint {
  return { address, family: address.includes(":") ? "IPv6" : "IPv4", port };
}

class MemoryListener implements Listener {
  readonly pending = false;
  readonly fd = -1;
  readonly reach: Reach;
  readonly reusePort: boolean;
  readonly #endpoint: Endpoint | null;
  readonly #sink: ListenSink;
  readonly #listeners: Set<MemoryListener>;

  constructor(
    listeners: Set<MemoryListener>,
    sink: ListenSink,
    reach: Reach,
    endpoint: Endpoint | null,
    reusePort: boolean,
  ) {
    this.#listeners = listeners.add(this);
    this.#sink = sink;
    this.reach = reach;
    this.#endpoint = endpoint;
    this.reusePort = reusePort;
  }

  endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  close(): void {
    this.#listeners.delete(this);
  }

  ref(): void {}
  unref(): void {}

  /** Connect a client at `from` that asked for `to`; returns its end. */
  accept(from: Endpoint | null, to: Endpoint | null): MemoryConnection {
    // An IPv6 listener sees IPv4 addresses mapped.
    const seen = (end: Endpoint | null) =>
      end?.family === "IPv4" && this.#endpoint!.family === "IPv6"
        ? endpointOf(`::ffff:${end.address}`, end.port)
        : end;
    const client = new MemoryConnection(from, to);
    const server = new MemoryConnection(seen(to), seen(from));
    MemoryConnection.join(client, server);
    setImmediate(() => {
      if (this.#listeners.has(this)) this.#sink.onConnection(server);
      else server.reset();
    });
    return client;
  }
}

/** The listeners of one adapter, and the ports it gives out. */
class MemoryNetwork {
  readonly #listeners = new Set<MemoryListener>();
  #lastPort = 49151;

  /** @throws {Error} `EADDRINUSE`, `EADDRNOTAVAIL`. */
  listen(target: ListenTarget, sink: ListenSink): Listener {
    if (target.kind === "handle") {
      throw featureUnavailable("listenHandle", "memory");
    }
    if (target.kind === "pipe") {
      const { path } = target;
      const reach = { port: -1, path };
      if (this.#find(reach)) throw listenError("EADDRINUSE", path, -1);
      return new MemoryListener(this.#listeners, sink, reach, null, false);
    }
    const { ipv6Only, reusePort } = target;
    const address = target.address ?? "::";
    if (!isLocal(address)) {
      throw listenError("EADDRNOTAVAIL", address, target.port);
    }
    const port = target.port || this.#freePort();
    const reach = reachOf(address, port, ipv6Only);
    const rival = this.#find(reach);
    if (rival && !(rival.reusePort && reusePort)) {
      throw listenError("EADDRINUSE", address, port);
    }
    const endpoint = endpointOf(address, port);
    return new MemoryListener(
      this.#listeners,
      sink,
      reach,
      endpoint,
      reusePort,
    );
  }

  /** Why the source address cannot be had; `null` if it can. */
  bind(target: ConnectTarget): Error | null {
    if (target.kind === "pipe" || isLocal(target.localAddress ?? "::")) {
      return null;
    }
    const { localAddress: address, localPort: port } = target;
    return systemError("EADDRNOTAVAIL", "bind", { address, port });
  }

  /** The client's end, or why there is none. */
  connect(target: ConnectTarget): MemoryConnection | Error {
    if (target.kind === "pipe") {
      const { path } = target;
      const listener = this.#find({ port: -1, path });
      if (listener) return listener.accept(null, null);
      const code = path.startsWith("\0") ? "ECONNREFUSED" : "ENOENT";
      return systemError(code, "connect", { address: path });
    }
    const { family, port, localAddress, localPort } = target;
    const loopback = family === 4 ? "127.0.0.1" : "::1";
    const address = WILDCARD.test(target.address) ? loopback : target.address;
    const listener = this.#find(reachOf(address, port));
    if (!listener) return systemError("ECONNREFUSED", "connect", target);
    return listener.accept(
      endpointOf(localAddress ?? loopback, localPort || this.#freePort()),
      endpointOf(address, port),
    );
  }

  #find(reach: Reach): MemoryListener | undefined {
    return [...this.#listeners].find((other) => overlap(other.reach, reach));
  }

  #freePort(): number {
    do {
      this.#lastPort = this.#lastPort < 65535 ? this.#lastPort + 1 : 49152;
    } while (
      [...this.#listeners].some(({ reach }) => reach.port === this.#lastPort)
    );
    return this.#lastPort;
  }
}

function listenError(code: string, address: string, port: number): Error {
  return systemError(code, "listen", { address, port, explain: true });
}

/**
 * Create a backend with a network of its own: what listens on one is not
 * reachable from another.
 *
 * @example
 * ```ts
 * import net from "@isonet/net";
 * import { createMemoryAdapter } from "@isonet/net/testing/adapter";
 *
 * const adapter = createMemoryAdapter();
 * const server = net.createServer({ adapter }, (socket) => socket.end("hi"));
 * server.listen(80, () => {
 *   const client = net.connect({ port: 80, adapter });
 *   client.on("data", (data) => console.log(String(data))); // hi
 *   client.on("close", () => server.close());
 * });
 * ```
 */
export function createMemoryAdapter(): RuntimeAdapter {
  const network = new MemoryNetwork();
  return {
    name: "memory",
    capabilities: {
      sourceAddress: true,
      unreferencedConnect: true,
      ipv6Only: true,
      reusePort: true,
      backlog: true, // nobody waits to be accepted, so no queue is too long
      pipe: true,
      pipeMode: true, // who can see the path at all may read and write it
      listenHandle: false,
      openFd: false,
      cluster: false,
      reset: true,
      keepAliveDelay: true,
      keepAliveProbes: true,
    },

    connect(target, sink) {
      let aborted = false;
      setImmediate(() => {
        if (aborted) return;
        const failure = network.bind(target);
        if (failure) return sink.onError(failure);
        const { localAddress, localPort } = target as Partial<TcpConnectTarget>;
        if (localAddress || localPort) sink.onBound?.();
        if (aborted) return;
        const outcome = network.connect(target);
        if (outcome instanceof Error) sink.onError(outcome);
        else sink.onConnect(outcome);
      });
      return {
        abort() {
          aborted = true;
        },
        ref() {},
        unref() {},
      };
    },

    listen: (target, sink) => network.listen(target, sink),

    open() {
      throw featureUnavailable("openFd", "memory");
    },
  };
}
