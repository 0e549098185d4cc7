/**
 * From a `connect` call to a connection: resolves the host, then attempts one
 * address, or several in turn (RFC 8305, "Happy Eyeballs", as Node does it).
 *
 * @module
 */
import type { LookupAddress } from "node:dns";
import type {
  AdapterTimer,
  AdapterTimers,
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
import { isIP } from "../address/ip.ts";
import {
  connectionsFailed,
  invalidAddressFamily,
  invalidArgValue,
  invalidIpAddress,
  ipBlocked,
  socketConnectionTimeout,
} from "../node/errors.ts";
import { nextTick, setImmediate, systemTimers } from "../../runtime/timers.ts";
import type {
  AddressFilter,
  LookupFunction,
  TcpSocketConnectOpts,
} from "../options.ts";
import { failedImmediately, nameLocalEnd } from "./immediate_errors.ts";
import { lookupFunction, lookupOptions } from "./lookup.ts";
import {
  type Candidate,
  type ConnectRequest,
  connectRequest,
  interleaveFamilies,
} from "./request.ts";

/** The socket, as a connector sees it. */
export interface ConnectingSocket {
  /** Addresses that must not be connected to. */
  readonly blockList?: AddressFilter;
  /** Emits `'lookup'` and the events of attempts. */
  emit(event: string, ...args: unknown[]): boolean;
  /** The connect has failed for good. */
  destroy(error: Error): unknown;
}

/** What a connector calls as a connect proceeds. */
export interface ConnectProgress {
  /**
   * The host name is resolved.
   *
   * @param attempted Given if there are several addresses. Receives
   * `$IP:$PORT` of each address as it is attempted.
   */
  onResolved(attempted?: string[]): void;
  /** The only attempt has failed; its events follow. */
  onAttemptOver(): void;
  /** Connected; nothing is called after this. */
  onConnect(connection: Connection): void;
}

/** Several addresses, attempted one after the other. */
interface Series {
  readonly candidates: Candidate[];
  /** Milliseconds for each but the last. */
  readonly timeout: number;
  readonly errors: Error[];
  /** `$IP:$PORT` of each address that was attempted. */
  readonly attempted: string[];
  /** Index of the next candidate. */
  next: number;
}

/** The address arguments of the events that concern an attempt. */
function eventArguments(target: ConnectTarget): unknown[] {
  return target.kind === "tcp"
    ? [target.address, target.port, target.family]
    : [target.path, undefined, undefined];
}

/** A bound socket has its source address already. */
function refuseSource(options: TcpSocketConnectOpts): void {
  const { localAddress, localPort } = options;
  if (localAddress === undefined && localPort === undefined) return;
  throw invalidArgValue(
    "options",
    options,
    "localAddress and localPort cannot be used with an adopted bound socket",
  );
}

/**
 * A `connect` call in progress. Makes one attempt at a time, and is the sink
 * that the attempts report to. It is also the socket's `_handle` until there is
 * a connection.
 */
export class Connector implements ConnectSink {
  readonly #socket: ConnectingSocket;
  readonly #progress: ConnectProgress;
  readonly #adapter: RuntimeAdapter;
  /** Handed to the attempt, which then owns it. */
  #binding: Binding | undefined;
  #request!: ConnectRequest;
  #attempt: ConnectAttempt | undefined;
  /** Where the last attempt went. */
  #target: ConnectTarget | undefined;
  /** Whether `'connectionAttempt'` waits until the source address is bound. */
  #announcesOnceBound = false;
  #series: Series | undefined;
  #timer: AdapterTimer | undefined;
  #referenced = true;
  #done = false;

  /**
   * @param socket Emits the events, and is destroyed if the connect fails.
   * @param progress Called as the connect proceeds.
   * @param adapter Makes the attempts.
   * @param binding Makes the only attempt instead of the adapter.
   */
  constructor(
    socket: ConnectingSocket,
    progress: ConnectProgress,
    adapter: RuntimeAdapter,
    binding?: Binding,
  ) {
    this.#socket = socket;
    this.#progress = progress;
    this.#adapter = adapter;
    this.#binding = binding;
  }

  /** Connect to a path. */
  connectPipe(path: string): void {
    const target: ConnectTarget = {
      kind: "pipe",
      path,
      referenced: this.#referenced,
    };
    this.#announce(target);
    if (!this.#done) this.#start(target);
  }

  /**
   * Connect to a host.
   *
   * @throws {TypeError | RangeError} For options that Node refuses.
   */
  connectTcp(options: TcpSocketConnectOpts): void {
    if (this.#binding) refuseSource(options);
    const request = connectRequest(options);
    this.#request = request;
    const family = isIP(request.host);
    if (family && this.#binding) {
      this.#attemptTcp({ address: request.host, family });
      return;
    }
    if (family) {
      nextTick(() => {
        if (!this.#done) this.#attemptTcp({ address: request.host, family });
      });
      return;
    }
    const lookup = lookupFunction(options, this.#adapter);
    const query = lookupOptions(options);
    const anyFamily = query.family !== 4 && query.family !== 6;
    const many = request.autoSelectFamily && !this.#binding;
    if (anyFamily && !request.localAddress && many) {
      this.#resolveAll(lookup, { ...query, all: true });
    } else {
      this.#resolveOne(lookup, query);
    }
  }

  /**
   * Give up. Nothing is called after this, and no event but the
   * `'connectionAttemptFailed'` of an attempt that was one of several.
   */
  abort(): void {
    this.#done = true;
    this.#timers.clearTimeout(this.#timer);
    this.#attempt?.abort();
    this.#binding?.close();
    if (this.#attempt && this.#series) this.#reportCanceled();
    this.#attempt = undefined;
  }

  /** This end's address while connecting, where the backend knows it. */
  localEndpoint(): Endpoint | null {
    return this.#attempt?.localEndpoint?.() ?? null;
  }

  /** Let the attempts keep the process alive, or not. */
  setReferenced(on: boolean): void {
    this.#referenced = on;
    if (on) this.#attempt?.ref();
    else this.#attempt?.unref();
  }

  // Resolving

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
        this.#progress.onResolved();
        this.#attemptTcp({ address, family });
      }
    });
  }

  #resolveAll(
    lookup: LookupFunction,
    query: Parameters<LookupFunction>[1],
  ): void {
    const { host, originalHost, originalPort } = this.#request;
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
      const candidates = interleaveFamilies(addresses);
      if (candidates.length > 1) {
        this.#startSeries(candidates);
      } else if (candidates.length === 1) {
        this.#progress.onResolved();
        this.#attemptTcp(candidates[0]!);
      } else {
        const { address, family } = addresses[0]!;
        this.#failLater(
          isIP(address)
            ? invalidAddressFamily(family, originalHost, originalPort)
            : invalidIpAddress(address),
        );
      }
    });
  }

  #failLater(error: Error): void {
    nextTick(() => {
      if (!this.#done) this.#socket.destroy(error);
    });
  }

  // One attempt

  /**
   * Attempt to connect to an address.
   *
   * @param series The addresses it is one of; without, it is the only one.
   */
  #attemptTcp(candidate: Candidate, series?: Series): void {
    const { address, family } = candidate;
    const { port, localAddress, localPort } = this.#request;
    const target: TcpConnectTarget = {
      kind: "tcp",
      address,
      family,
      port,
      localAddress,
      localPort,
      referenced: this.#referenced,
    };
    // Node announces the only attempt before it asks the block list, though
    // not before it has bound the source address. It announces an attempt of
    // several after both.
    const bindsFirst = !series && Boolean(localAddress || localPort);
    if (!series && !bindsFirst) this.#announce(target);
    if (this.#done) return;
    if (this.#socket.blockList?.check(address, `ipv${family}`)) {
      if (bindsFirst) this.#announce(target);
      this.#fail(ipBlocked(address), target, series);
      return;
    }
    if (series) this.#announce(target);
    if (this.#done) return;
    series?.attempted.push(`${address}:${port}`);
    this.#start(target, series, bindsFirst);
  }

  #announce(target: ConnectTarget): void {
    this.#socket.emit("connectionAttempt", ...eventArguments(target));
  }

  #start(target: ConnectTarget, series?: Series, bindsFirst = false): void {
    if (!series && this.#attempt) {
      this.#refuseSecond(target);
      return;
    }
    this.#target = target;
    this.#announcesOnceBound = bindsFirst;
    try {
      this.#attempt = this.#connect(target);
    } catch (error) {
      this.#fail(error as Error, target, series);
      return;
    }
    if (series && series.next < series.candidates.length) {
      this.#limitTime(series, target);
    }
  }

  #connect(target: ConnectTarget): ConnectAttempt {
    // A lookup may say one family and give an address of the other.
    if (target.kind === "tcp" && isIP(target.address) !== target.family) {
      throw systemError("EINVAL", "connect", target);
    }
    const from = this.#binding ?? this.#adapter;
    this.#binding = undefined;
    return from.connect(target, this);
  }

  /** A second `connect` while the first is in progress fails as connect(2). */
  #refuseSecond(target: ConnectTarget): void {
    const details = target.kind === "tcp" ? target : { address: target.path };
    const error = systemError("EALREADY", "connect", details);
    const local = this.localEndpoint();
    if (local) nameLocalEnd(error, target, local);
    this.#socket.destroy(error);
  }

  /** An attempt failed, or none could be made. */
  #fail(error: Error, target: ConnectTarget, series?: Series): void {
    if (!series) {
      this.#socket.destroy(error);
      return;
    }
    series.errors.push(error);
    this.#reportFailure(error, target);
    if (!this.#done) this.#attemptNext(series);
  }

  #reportFailure(error: Error, target: ConnectTarget): void {
    const address = eventArguments(target);
    this.#socket.emit("connectionAttemptFailed", ...address, error);
  }

  /** Node reports one of several attempts as failed if the socket goes away. */
  #reportCanceled(): void {
    const target = this.#target as TcpConnectTarget;
    const { address, port } = target;
    setImmediate(() => {
      const error = systemError("ECANCELED", "connect", { address, port });
      this.#reportFailure(error, target);
    });
  }

  // What an attempt reports

  /** The source address is bound. */
  onBound(): void {
    if (!this.#announcesOnceBound) return;
    this.#announcesOnceBound = false;
    this.#announce(this.#target!);
  }

  /** An attempt has succeeded. */
  onConnect(connection: Connection): void {
    this.#timers.clearTimeout(this.#timer);
    this.onBound();
    if (this.#done) return connection.close();
    this.#done = true;
    this.#handOver(connection);
    this.#progress.onConnect(connection);
  }

  /** An attempt has failed. */
  onError(error: Error): void {
    const target = this.#target!;
    const series = this.#series;
    this.#attempt = undefined;
    this.#timers.clearTimeout(this.#timer);
    const isBind = (error as { syscall?: string }).syscall === "bind";
    if (!isBind) this.onBound();
    const immediate = failedImmediately(error, target);
    if (immediate && (series || !isBind)) nameLocalEnd(error, target, null);
    if (!series && !isBind && !immediate) {
      this.#progress.onAttemptOver();
      this.#reportFailure(error, target);
    }
    if (series || !this.#done) this.#fail(error, target, series);
  }

  /**
   * Node has one handle from the start of a connect to the end of the
   * connection. What callers set on `_handle` meanwhile stays.
   */
  #handOver(connection: Connection): void {
    // All state of a connector is private: only callers' properties are copied.
    Object.assign(connection, this);
    if (!this.#referenced) connection.unref();
  }

  // Several attempts

  #startSeries(candidates: Candidate[]): void {
    const series: Series = {
      candidates,
      timeout: this.#request.attemptTimeout,
      errors: [],
      attempted: [],
      next: 0,
    };
    this.#series = series;
    this.#progress.onResolved(series.attempted);
    this.#attemptNext(series);
  }

  get #timers(): AdapterTimers {
    return this.#adapter.timers ?? systemTimers;
  }

  #attemptNext(series: Series): void {
    this.#timers.clearTimeout(this.#timer);
    const { candidates, errors } = series;
    if (series.next < candidates.length) {
      this.#attemptTcp(candidates[series.next++]!, series);
      return;
    }
    this.#socket.destroy(
      errors.length > 0 ? connectionsFailed(errors) : socketConnectionTimeout(),
    );
  }

  /** Give an attempt its time, then go on to the next address. */
  #limitTime(series: Series, target: ConnectTarget): void {
    const { address, port } = target as TcpConnectTarget;
    this.#timer = this.#timers.setTimeout(() => {
      const attempt = this.#attempt;
      this.#attempt = undefined;
      this.#socket.emit("connectionAttemptTimeout", ...eventArguments(target));
      series.errors.push(
        systemError("ETIMEDOUT", "connect", { address, port }),
      );
      attempt?.abort();
      if (!this.#done) this.#attemptNext(series);
    }, series.timeout);
  }
}
