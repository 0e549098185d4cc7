/**
 * From a `connect` call to a connection: resolves the host, then attempts one
 * address, or several in turn (RFC 8305, "Happy Eyeballs", as Node does it).
 *
 * @module
 */
import type {
  AdapterTimer,
  AdapterTimers,
  Binding,
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  Reservation,
  RuntimeAdapter,
  TcpConnectTarget,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import { isIP } from "../address/ip.ts";
import {
  connectionsFailed,
  ipBlocked,
  socketConnectionTimeout,
} from "../node/errors.ts";
import { nextTick, setImmediate, systemTimers } from "../../runtime/timers.ts";
import type { TcpSocketConnectOpts } from "../options.ts";
import { callListeners, emitAttempt } from "./attempt_events.ts";
import { failedImmediately, nameLocalEnd } from "./immediate_errors.ts";
import type { ConnectingSocket, ConnectProgress } from "./progress.ts";
import {
  type Candidate,
  type ConnectRequest,
  connectRequest,
  refuseSource,
} from "./request.ts";
import { resolveHost } from "./resolve_host.ts";

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

/**
 * Those that wait for a lookup, which may be held by nothing but its caller. In
 * Node a native handle keeps a connecting socket from being collected.
 */
const resolving = new Set<Connector>();

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
  /** Likewise; where a connection has its handle before its address. */
  #reservation: Reservation | undefined;
  /** Whether the attempt only finds out if its address answers. */
  #isProbe = false;
  /** Where a TCP connect goes. */
  #request: ConnectRequest | undefined;
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
    this.#progress.onLookup(request.host);
    const socket = this.#socket;
    resolveHost(request, options, this.#adapter, Boolean(this.#binding), {
      isOver: () => this.#done,
      onLookup: (...found) =>
        callListeners(() => socket.emit("lookup", ...found)),
      onResolved: (candidates) => this.#onResolved(candidates),
      onError: (error) => this.#failLater(error),
    });
    if (!this.#done) resolving.add(this);
  }

  /**
   * Give up. Nothing is called after this, and no event but the
   * `'connectionAttemptFailed'` of an attempt that was one of several.
   */
  abort(): void {
    this.#finish();
    this.#timers.clearTimeout(this.#timer);
    this.#attempt?.abort();
    this.#binding?.close();
    this.#reservation?.close();
    if (this.#attempt && this.#series) this.#reportCanceled();
    this.#attempt = undefined;
  }

  #finish(): void {
    this.#done = true;
    resolving.delete(this);
  }

  /**
   * The handle that the connection will have. It is made when it is asked for,
   * if that is before the address is known. While one of several addresses is
   * attempted, it is not certain, and `null`. `undefined` if the adapter reserves
   * no handles and an object of ours can stand in for one.
   */
  get handle(): object | null | undefined {
    if (!this.#adapter.reserve) {
      return this.#adapter.takesAnyHandle ? null : undefined;
    }
    if (this.#waitsForAddress) {
      this.#reservation ??= this.#adapter.reserve(this.#request!);
    }
    if (this.#reservation) return this.#reservation.handle;
    const { next, candidates } = this.#series ?? { next: 0, candidates: [] };
    return next < candidates.length ? null : this.#attempt?.handle ?? null;
  }

  get #waitsForAddress(): boolean {
    return this.#request !== undefined && !this.#done && !this.#binding &&
      !this.#attempt && !this.#series;
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

  #onResolved(candidates: Candidate[]): void {
    if (candidates.length > 1) {
      this.#startSeries(candidates);
      return;
    }
    this.#progress.onResolved();
    this.#attemptTcp(candidates[0]!);
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
    const { address, host, family } = candidate;
    const { port, localAddress, localPort } = this.#request!;
    const target: TcpConnectTarget = {
      kind: "tcp",
      address,
      host,
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
      if (!this.#done) this.#fail(ipBlocked(address), target, series);
      return;
    }
    if (series) this.#announce(target);
    if (this.#done) return;
    series?.attempted.push(`${address}:${port}`);
    this.#start(target, series, bindsFirst);
  }

  #announce(target: ConnectTarget): void {
    emitAttempt(this.#socket, "connectionAttempt", target);
  }

  #reportFailure(error: Error, target: ConnectTarget): void {
    emitAttempt(this.#socket, "connectionAttemptFailed", target, error);
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
    const from = this.#binding ?? this.#reserved(target) ?? this.#adapter;
    this.#binding = undefined;
    return (from as RuntimeAdapter).connect(target, this);
  }

  /**
   * The reserved handle, if this attempt is to use it. It connects only once: if
   * somebody has taken it over, it is kept for the address that answers.
   */
  #reserved({ kind }: ConnectTarget): Reservation | undefined {
    const reservation = this.#reservation;
    if (!reservation || kind !== "tcp") return undefined;
    const series = this.#series;
    this.#isProbe = reservation.isTaken && series !== undefined &&
      series.next < series.candidates.length;
    if (this.#isProbe) return undefined;
    this.#reservation = undefined;
    return reservation;
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
    if (this.#isProbe) {
      connection.close();
      this.#attempt = this.#series = undefined;
      this.#start(this.#target!);
      return;
    }
    this.#finish();
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
    // Without any, the handle is not asked for: some backends make it then.
    if (!this.#adapter.reserve && Object.keys(this).length > 0) {
      // This layer calls the connection, and whoever takes the handle calls that.
      Object.assign(connection, this);
      Object.assign(connection.handle ?? connection, this);
    }
    if (!this.#referenced) connection.unref();
  }

  // Several attempts

  #startSeries(candidates: Candidate[]): void {
    const series: Series = {
      candidates,
      timeout: this.#request!.attemptTimeout,
      errors: [],
      attempted: [],
      next: 0,
    };
    this.#series = series;
    this.#progress.onResolved(series.attempted);
    this.#attemptNext(series);
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

  get #timers(): AdapterTimers {
    return this.#adapter.timers ?? systemTimers;
  }

  /** Give an attempt its time, then go on to the next address. */
  #limitTime(series: Series, target: ConnectTarget): void {
    const { address, port } = target as TcpConnectTarget;
    this.#timer = this.#timers.setTimeout(() => {
      const attempt = this.#attempt;
      this.#attempt = undefined;
      emitAttempt(this.#socket, "connectionAttemptTimeout", target);
      series.errors.push(
        systemError("ETIMEDOUT", "connect", { address, port }),
      );
      attempt?.abort();
      if (!this.#done) this.#attemptNext(series);
    }, series.timeout);
  }
}
