/**
 * What `server.listen` is asked to do, in any of its call forms.
 *
 * @module
 */
import type {
  HandleListenTarget,
  ListenTarget,
  PipeListenTarget,
  TcpListenTarget,
} from "../../runtime/adapter.ts";
import { isBoundSocket } from "../bound_socket.ts";
import { invalidArgValue } from "../node/errors.ts";
import { isPipeName, normalizeArgs, toNumber } from "../node/argument_forms.ts";
import type { BoundSocketLike, ListenOptions } from "../options.ts";
import { validatePort } from "../node/validators.ts";

/** Length of the accept queue unless `listen` says otherwise. */
const DEFAULT_BACKLOG = 511;

/** A TCP target whose host is to be resolved first. */
export interface HostTarget {
  /** Discriminates it from what can be bound at once. */
  readonly kind: "host";
  /** Name or numeric address. */
  readonly host: string;
  /** The rest of the target. */
  readonly target: Omit<TcpListenTarget, "address">;
}

/** A bound socket, whose address it is to be. */
export interface BoundTarget {
  /** Discriminates it from what has to be bound. */
  readonly kind: "bound";
  /** Used up by the listener. */
  readonly socket: BoundSocketLike;
  /** Length of the accept queue. */
  readonly backlog: number;
}

/** The arguments of a `listen` call, understood. */
export interface ListenRequest {
  /** The options as they were given. */
  readonly given: object;
  /** The options that count: those of a handle, if one was given. */
  readonly options: ListenOptions;
  /** Added to `'listening'` once. */
  readonly listener: (() => void) | null;
  /**
   * Where to listen; checked when it is asked for, which Node does late.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_VALUE` without port, path or handle.
   * @throws {RangeError} `ERR_SOCKET_BAD_PORT`
   */
  target(): ListenTarget | HostTarget | BoundTarget;
}

/** What is bound already: a handle of `node:net`, or a descriptor. */
function handleOf(options: ListenOptions): { fd: number } | object | null {
  const isNative = ["listen", "getsockname", "close"].every((name) =>
    typeof (options as Record<string, unknown>)[name] === "function"
  );
  if (isNative) return options;
  const { fd } = options;
  return typeof fd === "number" && fd >= 0 ? { fd } : null;
}

/** Understand the arguments of `listen`. */
export function listenRequest(args: readonly unknown[]): ListenRequest {
  const [given, listener] = normalizeArgs<
    & ListenOptions
    & { _handle?: ListenOptions; handle?: BoundSocketLike | ListenOptions }
  >(args);
  const backlog = toNumber(args.length > 1 && args[1]) ||
    toNumber(args.length > 2 && args[2]) || DEFAULT_BACKLOG;
  const socket = [given, given.handle].find(isBoundSocket);
  // With a bound socket no other option counts, a signal neither.
  const options: ListenOptions = socket
    ? {}
    : given._handle || given.handle as ListenOptions | undefined || given;
  const anyPort = args.length === 0 || typeof args[0] === "function";
  return {
    given,
    options,
    listener: listener as (() => void) | null,
    target: () =>
      boundTarget(socket, backlog) ??
        handleTarget(options, backlog) ??
        portTarget(options, backlog, anyPort) ??
        pathTarget(options, backlog),
  };
}

function boundTarget(
  socket: BoundSocketLike | undefined,
  backlog: number,
): BoundTarget | null {
  return socket ? { kind: "bound", socket, backlog } : null;
}

function handleTarget(
  options: ListenOptions,
  backlog: number,
): HandleListenTarget | null {
  const handle = handleOf(options);
  return handle && { kind: "handle", handle, backlog };
}

function portTarget(
  options: ListenOptions,
  backlog: number,
  anyPort: boolean,
): TcpListenTarget | HostTarget | null {
  const { host } = options;
  const isFree = anyPort || options.port === null ||
    (options.port === undefined && "port" in options);
  const port: unknown = isFree ? 0 : options.port;
  if (typeof port !== "number" && typeof port !== "string") return null;
  validatePort(port, "options.port");
  const target = {
    kind: "tcp",
    port: Number(port),
    backlog: Number(options.backlog || backlog),
    ipv6Only: options.ipv6Only === true,
    reusePort: options.reusePort === true,
    exclusive: Boolean(options.exclusive) || options.reusePort === true,
  } as const;
  return host ? { kind: "host", host, target } : { ...target, address: null };
}

function pathTarget(
  options: ListenOptions,
  backlog: number,
): PipeListenTarget {
  const { path } = options;
  if (!path || !isPipeName(path)) {
    throw "port" in options || "path" in options
      ? invalidArgValue("options", options)
      : invalidArgValue(
        "options",
        options,
        'must have the property "port" or "path"',
      );
  }
  const readableAll = options.readableAll === true;
  const writableAll = options.writableAll === true;
  if (path.startsWith("\0") && (readableAll || writableAll)) {
    throw invalidArgValue(
      "options",
      options,
      "can not set readableAll or writableAllt to true when path is abstract unix socket",
    );
  }
  return {
    kind: "pipe",
    path,
    backlog: Number(options.backlog || backlog),
    readableAll,
    writableAll,
    exclusive: Boolean(options.exclusive),
  };
}
