/**
 * From a `connect` call to a connection: resolves the host, then attempts one
 * address, or several in turn (RFC 8305, "Happy Eyeballs", as Node does it).
 *
 * @module
 */
import type { LookupAddress } from "node:dns";
import process from "node:process";
import { clearTimeout, setTimeout } from "node:timers";
import type {
  Binding,
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  RuntimeAdapter,
  TcpConnectTarget,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import {
  alternate,
  type Candidate,
  type TcpRequest,
  tcpRequest,
} from "./request.ts";
import {
  connectionsFailed,
  invalidAddressFamily,
  invalidArgValue,
  invalidIpAddress,
  ipBlocked,
  socketConnectionTimeout,
} from "../node/errors.ts";
import { isIP } from "../address/ip.ts";
import type {
  AddressFilter,
  LookupFunction,
  TcpSocketConnectOpts,
} from "../options.ts";
import { lookupFunction, lookupOptions } from "./lookup.ts";

/** The socket, as a connector sees it. */
export interface ConnectingSocket {
  /** `false` once the only attempt is over, well or not. */
  connecting: boolean;
  /** `$IP:$PORT` of the addresses tried, if there are several. */
  autoSelectFamilyAttemptedAddresses: string[];
  /** Addresses that must not be connected to. */
  readonly blockList?: AddressFilter;
  /** Emits the events of a connection on its way. */
  emit(event: string, ...args: unknown[]): boolean;
  /** Failed for good. */
  destroy(error: Error): unknown;
  /** Something happened; refreshes the idle timer. */
  _unrefTimer(): void;
}

/** Several addresses, being attempted one after the other. */
interface Series {
  readonly candidates: Candidate[];
  readonly timeout: number;
  readonly errors: Error[];
  readonly attempted: string[];
  next: number;
}

/** What connect(2) says at once; other errors come from the network. */
const AT_ONCE: ReadonlySet<string> = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EINVAL",
  "ENETUNREACH",
  "EPERM",
]);

/** Whether an attempt failed before it was one; completes the message then. */
function failedAtOnce(error: Error, target: ConnectTarget): boolean {
  if (target.kind !== "tcp") return false;
  if (!AT_ONCE.has((error as { code?: string }).code!)) return false;
  nameLocalEnd(error, target, null);
  return true;
}

/** Node names the local end in such errors, though it may be no address yet. */
function nameLocalEnd(
  error: Error,
  target: TcpConnectTarget,
  local: Endpoint | null,
): void {
  if (error.message.includes(" - Local (")) return;
  const address = local?.address ?? (target.family === 4 ? "0.0.0.0" : "::");
  error.message += ` - Local (${address}:${local?.port ?? 0})`;
}

/** What is bound already has its source address. */
function refuseSource(options: TcpSocketConnectOpts): void {
  const { localAddress, localPort } = options;
  if (localAddress === undefined && localPort === undefined) return;
  throw invalidArgValue(
    "options",
    options,
    "localAddress and localPort cannot be used with an adopted bound socket",
  );
}

/** One `connect` call under way; its attempts, one at a time, tell it. */
export class Connector implements ConnectSink {
  readonly #socket: ConnectingSocket;
  readonly #adapter: RuntimeAdapter;
  /** Until the attempt has it. */
  #binding: Binding | undefined;
  readonly #succeed: (connection: Connection) => void;
  #request!: TcpRequest;
  #attempt: ConnectAttempt | undefined;
  /** Where the attempt goes. */
  #target: ConnectTarget | undefined;
  /** Whether `'connectionAttempt'` waits for its source address. */
  #unannounced = false;
  #series: Series | undefined;
  #timer: NodeJS.Timeout | undefined;
  #referenced = true;
  #done = false;

  /**
   * @param socket Told how it goes.
   * @param adapter Makes the attempts.
   * @param succeed Given the connection.
   * @param binding Makes the only attempt instead.
   */
  constructor(
    socket: ConnectingSocket,
    adapter: RuntimeAdapter,
    succeed: (connection: Connection) => void,
    binding?: Binding,
  ) {
    this.#socket = socket;
    this.#adapter = adapter;
    this.#binding = binding;
    this.#succeed = succeed;
  }

  /** Connect to a path. */
  connectPipe(path: string): void {
    this.#socket.emit("connectionAttempt", path, undefined, undefined);
    if (this.#done) return;
    this.#start({ kind: "pipe", path, referenced: this.#referenced }, false);
  }

  /**
   * Connect to a host.
   *
   * @throws {TypeError | RangeError} For options that Node refuses.
   */
  connectTcp(options: TcpSocketConnectOpts): void {
    if (this.#binding) refuseSource(options);
    const request = tcpRequest(options);
    this.#request = request;
    const family = isIP(request.host);
    if (family && this.#binding) {
      this.#single({ address: request.host, family });
      return;
    }
    if (family) {
      process.nextTick(() => {
        if (!this.#done) this.#single({ address: request.host, family });
      });
      return;
    }
    const lookup = lookupFunction(options);
    const query = lookupOptions(options);
    const anyFamily = query.family !== 4 && query.family !== 6;
    const many = request.autoSelectFamily && !this.#binding;
    if (anyFamily && !request.localAddress && many) {
      this.#resolveAll(lookup, { ...query, all: true });
    } else {
      this.#resolveOne(lookup, query);
    }
  }

  /** Give up; nothing is emitted or called after this. */
  abort(): void {
    this.#done = true;
    clearTimeout(this.#timer);
    this.#attempt?.abort();
    this.#binding?.close();
    if (this.#attempt && this.#series) this.#tellCanceled();
    this.#attempt = undefined;
  }

  /** One of several attempts is told as failed when the socket is destroyed. */
  #tellCanceled(): void {
    const { address, port, family } = this.#target as TcpConnectTarget;
    setImmediate(() =>
      this.#socket.emit(
        "connectionAttemptFailed",
        address,
        port,
        family,
        systemError("ECANCELED", "connect", { address, port }),
      )
    );
  }

  /** Whether the attempts keep the process alive. */
  get referenced(): boolean {
    return this.#referenced;
  }

  /** This end's address, where the backend tells before it is connected. */
  localEndpoint(): Endpoint | null {
    return this.#attempt?.localEndpoint?.() ?? null;
  }

  /** Let the attempts keep the process alive, or not. */
  setReferenced(on: boolean): void {
    this.#referenced = on;
    if (on) this.#attempt?.ref();
    else this.#attempt?.unref();
  }

  #resolveOne(
    lookup: LookupFunction,
    query: Parameters<LookupFunction>[1],
  ): void {
    const { host, originalHost, originalPort } = this.#request;
    lookup(host, query, (error, address, family) => {
      this.#socket.emit("lookup", error, address, family, host);
      if (this.#done) return;
      if (error) {
        this.#failLater(error);
      } else if (typeof address !== "string" || !isIP(address)) {
        this.#failLater(invalidIpAddress(address));
      } else if (family !== 4 && family !== 6) {
        this.#failLater(
          invalidAddressFamily(family, originalHost, originalPort),
        );
      } else {
        this.#socket._unrefTimer();
        this.#single({ address, family });
      }
    });
  }

  #resolveAll(
    lookup: LookupFunction,
    query: Parameters<LookupFunction>[1],
  ): void {
    const { host, originalHost, originalPort, attemptTimeout } = this.#request;
    lookup(host, query, (error, found) => {
      if (this.#done) return;
      if (error) {
        this.#socket.emit("lookup", error, undefined, undefined, host);
        this.#failLater(error);
        return;
      }
      const addresses = found as LookupAddress[];
      for (const { address, family } of addresses) {
        this.#socket.emit("lookup", error, address, family, host);
        if (this.#done) return;
      }
      const candidates = alternate(addresses);
      if (candidates.length === 0) {
        const { address, family } = addresses[0]!;
        this.#failLater(
          isIP(address)
            ? invalidAddressFamily(family, originalHost, originalPort)
            : invalidIpAddress(address),
        );
        return;
      }
      this.#socket._unrefTimer();
      if (candidates.length === 1) return this.#single(candidates[0]!);
      this.#series = {
        candidates,
        timeout: attemptTimeout,
        errors: [],
        attempted: this.#socket.autoSelectFamilyAttemptedAddresses = [],
        next: 0,
      };
      this.#nextOf(this.#series);
    });
  }

  /** Attempt the only address there is. */
  #single({ address, family }: Candidate): void {
    const { port, localAddress, localPort } = this.#request;
    const socket = this.#socket;
    // A source address is bound before the attempt counts as one.
    const bindsFirst = Boolean(localAddress || localPort);
    if (!bindsFirst) {
      socket.emit("connectionAttempt", address, port, family);
      if (this.#done) return;
    }
    if (socket.blockList?.check(address, `ipv${family}`)) {
      if (bindsFirst) socket.emit("connectionAttempt", address, port, family);
      socket.destroy(ipBlocked(address));
      return;
    }
    const target: ConnectTarget = {
      kind: "tcp",
      address,
      family,
      port,
      localAddress,
      localPort,
      referenced: this.#referenced,
    };
    this.#start(target, bindsFirst);
  }

  /** Start the attempt that decides. */
  #start(target: ConnectTarget, bindsFirst: boolean): void {
    if (this.#attempt) {
      this.#refuseSecond(target);
      return;
    }
    this.#target = target;
    this.#unannounced = bindsFirst;
    try {
      this.#attempt = this.#connect(target);
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
  }

  /** The source address is bound. */
  onBound(): void {
    if (!this.#unannounced) return;
    this.#unannounced = false;
    const { address, port, family } = this.#target as TcpConnectTarget;
    this.#socket.emit("connectionAttempt", address, port, family);
  }

  /** An attempt has succeeded. */
  onConnect(connection: Connection): void {
    clearTimeout(this.#timer);
    this.onBound();
    if (this.#done) return connection.close();
    this.#done = true;
    this.#succeed(connection);
  }

  /** An attempt has failed. */
  onError(error: Error): void {
    const target = this.#target!;
    this.#attempt = undefined;
    if (this.#series) {
      clearTimeout(this.#timer);
      failedAtOnce(error, target);
      this.#failedIn(this.#series, error);
      return;
    }
    const isBind = (error as { syscall?: string }).syscall === "bind";
    if (!isBind) this.onBound();
    if (!isBind && !failedAtOnce(error, target)) {
      this.#socket.connecting = false;
      this.#socket.emit(
        "connectionAttemptFailed",
        ...(target.kind === "tcp"
          ? [target.address, target.port, target.family]
          : [target.path, undefined, undefined]),
        error,
      );
    }
    if (!this.#done) this.#socket.destroy(error);
  }

  /** A lookup may say one family and give an address of the other. */
  #connect(target: ConnectTarget): ConnectAttempt {
    if (target.kind === "tcp" && isIP(target.address) !== target.family) {
      throw systemError("EINVAL", "connect", target);
    }
    const from = this.#binding ?? this.#adapter;
    this.#binding = undefined;
    return from.connect(target, this);
  }

  /** A second `connect` while the first is under way. */
  #refuseSecond(target: ConnectTarget): void {
    const details = target.kind === "tcp" ? target : { address: target.path };
    const error = systemError("EALREADY", "connect", details);
    const local = this.localEndpoint();
    if (target.kind === "tcp" && local) nameLocalEnd(error, target, local);
    this.#socket.destroy(error);
  }

  /** Attempt the next address of a series. */
  #nextOf(series: Series): void {
    clearTimeout(this.#timer);
    const { candidates, errors } = series;
    const socket = this.#socket;
    if (series.next === candidates.length) {
      socket.destroy(
        errors.length > 0
          ? connectionsFailed(errors)
          : socketConnectionTimeout(),
      );
      return;
    }
    const { address, family } = candidates[series.next++]!;
    const { port, localPort } = this.#request;
    if (socket.blockList?.check(address, `ipv${family}`)) {
      this.#failedIn(series, ipBlocked(address));
      return;
    }
    socket.emit("connectionAttempt", address, port, family);
    if (this.#done) return;
    series.attempted.push(`${address}:${port}`);
    this.#target = {
      kind: "tcp",
      address,
      family,
      port,
      localPort,
      referenced: this.#referenced,
    };
    try {
      this.#attempt = this.#connect(this.#target);
    } catch (error) {
      this.#failedIn(series, error as Error);
      return;
    }
    if (series.next < candidates.length) this.#limit(series, address, family);
  }

  /** The present address of a series has failed. */
  #failedIn(series: Series, error: Error): void {
    const { address, family } = series.candidates[series.next - 1]!;
    const { port } = this.#request;
    series.errors.push(error);
    this.#socket.emit("connectionAttemptFailed", address, port, family, error);
    if (!this.#done) this.#nextOf(series);
  }

  /** Give the running attempt its time, then go on to the next address. */
  #limit(series: Series, address: string, family: 4 | 6): void {
    const { port } = this.#request;
    this.#timer = setTimeout(() => {
      const attempt = this.#attempt;
      this.#attempt = undefined;
      this.#socket.emit("connectionAttemptTimeout", address, port, family);
      series.errors.push(
        systemError("ETIMEDOUT", "connect", { address, port }),
      );
      attempt?.abort();
      if (!this.#done) this.#nextOf(series);
    }, series.timeout);
  }

  #failLater(error: Error): void {
    process.nextTick(() => {
      if (!this.#done) this.#socket.destroy(error);
    });
  }
}
