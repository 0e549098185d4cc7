/**
 * The arguments of `server.listen`, in any of its call forms.
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
import { DEFAULT_BACKLOG } from "../../runtime/defaults.ts";

/** A TCP target whose host has to be resolved first. */
export interface HostTarget {
  /** Distinguishes it from targets that can be bound at once. */
  readonly kind: "host";
  /** Host name or numeric address. */
  readonly host: string;
  /** The rest of the target. */
  readonly target: Omit<TcpListenTarget, "address">;
}

/** Listen at the address of a bound socket. */
export interface BoundTarget {
  /** Distinguishes it from targets that have to be bound. */
  readonly kind: "bound";
  /** Used up by the listener. */
  readonly socket: BoundSocketLike;
  /** Length of the accept queue. */
  readonly backlog: number;
}

/** The parsed arguments of a `listen` call. */
export interface ListenRequest {
  /** The options as the caller gave them. */
  readonly given: object;
  /** The options to use: if a handle was given, those of the handle. */
  readonly options: ListenOptions;
  /** Added to `'listening'` once. */
  readonly listener: (() => void) | null;
  /**
   * Where to listen. As in Node, this is checked later than the rest.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_VALUE` without port, path or handle.
   * @throws {RangeError} `ERR_SOCKET_BAD_PORT` for a port outside 0 to 65535.
   */
  target(): ListenTarget | HostTarget | BoundTarget;
}

/** A handle of `node:net` or a descriptor, both bound already. */
function handleOf(options: ListenOptions): { fd: number } | object | null {
  const { getsockname } = options as { getsockname?: unknown };
  const isNative = typeof getsockname === "function";
  if (isNative) return options;
  const { fd } = options;
  return typeof fd === "number" && fd >= 0 ? { fd } : null;
}

/** Parse the arguments of `listen`. */
export function listenRequest(args: readonly unknown[]): ListenRequest {
  const [given, listener] = normalizeArgs<
    & ListenOptions
    & { _handle?: ListenOptions; handle?: BoundSocketLike | ListenOptions }
  >(args);
  const backlog = toNumber(args.length > 1 && args[1]) ||
    toNumber(args.length > 2 && args[2]) || DEFAULT_BACKLOG;
  const socket = [given, given.handle].find(isBoundSocket);
  // As in Node, a bound socket disables all other options, even `signal`.
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
    backlog: Number(options.backlog) || backlog,
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
    backlog: Number(options.backlog) || backlog,
    readableAll,
    writableAll,
    exclusive: Boolean(options.exclusive),
  };
}
