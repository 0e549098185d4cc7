/**
 * One adapter made of two: a native backend, and a second transport for the
 * targets that the native API cannot express.
 *
 * @module
 */
import type {
  Binding,
  Capabilities,
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Listener,
  ListenSink,
  ListenTarget,
  RuntimeAdapter,
} from "./adapter.ts";
import { DEFAULT_BACKLOG } from "./defaults.ts";
import { featureUnavailable } from "./errors.ts";
import { checkPipePath } from "./common/pipe_path.ts";

type Feature = keyof Capabilities;

function connectFeatures(target: ConnectTarget): Feature[] {
  const needed: Feature[] = [];
  if (!target.referenced) needed.push("unreferencedConnect");
  if (target.kind === "pipe") needed.push("pipe");
  if (target.kind === "tcp" && (target.localAddress || target.localPort)) {
    needed.push("sourceAddress");
  }
  return needed;
}

function listenFeatures(target: ListenTarget, isWorker: boolean): Feature[] {
  const needed: Feature[] = [];
  if (target.backlog !== DEFAULT_BACKLOG) needed.push("backlog");
  switch (target.kind) {
    case "tcp":
      // Only `::` accepts IPv4 peers; any other IPv6 address does not.
      if (target.ipv6Only && (target.address ?? "::") === "::") {
        needed.push("ipv6Only");
      }
      if (target.reusePort) needed.push("reusePort");
      if (isWorker && !target.exclusive) needed.push("cluster");
      break;
    case "pipe":
      needed.push("pipe");
      if (target.readableAll || target.writableAll) needed.push("pipeMode");
      if (isWorker && !target.exclusive) needed.push("cluster");
      break;
    case "handle":
      needed.push("listenHandle");
      break;
  }
  return needed;
}

/**
 * A path that the second transport has bound, and the native API listens on. It
 * binds the path once more, as the second transport would.
 */
class PathBinding implements Binding {
  readonly kind = "pipe";
  readonly #bound: Binding;
  readonly #path: string;
  readonly #native: RuntimeAdapter;

  constructor(bound: Binding, path: string, native: RuntimeAdapter) {
    this.#bound = bound;
    this.#path = path;
    this.#native = native;
  }

  get fd(): number {
    return this.#bound.fd;
  }

  endpoint(): Endpoint | null {
    return this.#bound.endpoint();
  }

  listen({ backlog }: { backlog: number }, sink: ListenSink): Listener {
    this.close();
    const target = { kind: "pipe", path: this.#path, backlog } as const;
    const plain = { readableAll: false, writableAll: false, exclusive: true };
    return this.#native.listen({ ...target, ...plain }, sink);
  }

  connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    return this.#bound.connect(target, sink);
  }

  close(): void {
    this.#bound.close();
  }
}

/**
 * Combine a native backend with a second transport. Each target goes to the
 * first of the two that can express all of it.
 *
 * @param native The runtime's own API.
 * @param fallback What to use where the native API falls short, if anything.
 * @param isWorker Whether this process is a cluster worker, whose listeners
 * are shared through the primary.
 * @returns An adapter that throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` for
 * targets that neither can express.
 */
export function withFallback(
  native: RuntimeAdapter,
  fallback: RuntimeAdapter | undefined,
  isWorker: () => boolean,
): RuntimeAdapter {
  function choose(features: Feature[]): RuntimeAdapter {
    const lacks = (adapter: RuntimeAdapter) =>
      features.find((feature) => !adapter.capabilities[feature]);
    const first = lacks(native);
    if (first === undefined) return native;
    const missing = fallback ? lacks(fallback) : first;
    if (missing === undefined) return fallback!;
    throw featureUnavailable(missing, native.name);
  }

  return {
    name: native.name,
    get capabilities() {
      const { reset, keepAliveDelay, keepAliveProbes, ...chosen } =
        native.capabilities;
      const either = Object.entries(chosen).map(([feature, has]) => [
        feature,
        has || Boolean(fallback?.capabilities[feature as Feature]),
      ]);
      // These are features of a connection. Once it exists, it is too late to
      // choose the other adapter.
      return {
        ...Object.fromEntries(either),
        reset,
        keepAliveDelay,
        keepAliveProbes,
      };
    },
    connect(target, sink) {
      if (target.kind === "pipe") checkPipePath(target.path, "connect");
      return choose(connectFeatures(target)).connect(target, sink);
    },
    listen(target, sink) {
      if (target.kind === "pipe") checkPipePath(target.path, "listen");
      return choose(listenFeatures(target, isWorker())).listen(target, sink);
    },
    bind(target) {
      const adapter = native.bind ? native : fallback;
      if (!adapter?.bind) throw featureUnavailable("bind", native.name);
      const binding = adapter.bind(target);
      return target.kind === "pipe" && !native.bind && native.capabilities.pipe
        ? new PathBinding(binding, target.path, native)
        : binding;
    },
    ...native.reserve && { reserve: native.reserve.bind(native) },
    get takesAnyHandle() {
      return native.takesAnyHandle ?? false;
    },
    wrap: (object) => native.wrap?.(object) ?? fallback?.wrap?.(object),
    open: (fd) => choose(["openFd"]).open(fd),
  };
}
