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
  ConnectAttempt,
  Connection,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  RuntimeAdapter,
  TcpConnectTarget,
} from "../runtime/adapter.ts";
import { systemError } from "../runtime/errors.ts";
import {
  alternate,
  type Candidate,
  type TcpRequest,
  tcpRequest,
} from "./connect_request.ts";
import {
  connectionsFailed,
  invalidAddressFamily,
  invalidIpAddress,
  ipBlocked,
  socketConnectionTimeout,
} from "./errors.ts";
import { isIP } from "./ip.ts";
import type {
  AddressFilter,
  LookupFunction,
  TcpSocketConnectOpts,
} from "./options.ts";
import { lookupFunction, lookupOptions } from "./resolve.ts";

/** The socket, as a connector sees it. */
export interface ConnectorClient {
  /** Emits the events of a connection on its way. */
  emit(event: string, ...args: unknown[]): boolean;
  /** Something happened; refreshes the idle timer. */
  touch(): void;
  /** The only attempt is over, well or not. */
  settle(): void;
  /** Connected. */
  succeed(connection: Connection): void;
  /** Failed for good. */
  fail(error: Error): void;
  /** Several addresses are tried; returns where to list them. */
  beginSeries(): string[];
  /** Addresses that must not be connected to. */
  readonly blockList: AddressFilter | undefined;
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

/** One `connect` call under way. */
export class Connector {
  readonly #client: ConnectorClient;
  readonly #adapter: RuntimeAdapter;
  #request!: TcpRequest;
  #attempt: ConnectAttempt | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What is attempted now, if there are several. */
  #seriesTarget: TcpConnectTarget | undefined;
  #referenced = true;
  #done = false;

  constructor(client: ConnectorClient, adapter: RuntimeAdapter) {
    this.#client = client;
    this.#adapter = adapter;
  }

  /** Connect to a path. */
  connectPipe(path: string): void {
    this.#client.emit("connectionAttempt", path, undefined, undefined);
    if (this.#done) return;
    this.#start({ kind: "pipe", path, referenced: this.#referenced });
  }

  /**
   * Connect to a host.
   *
   * @throws {TypeError | RangeError} For options that Node refuses.
   */
  connectTcp(options: TcpSocketConnectOpts): void {
    const request = tcpRequest(options);
    this.#request = request;
    const family = isIP(request.host);
    if (family) {
      process.nextTick(() => {
        if (!this.#done) this.#single({ address: request.host, family });
      });
      return;
    }
    const lookup = lookupFunction(options);
    const query = lookupOptions(options);
    const anyFamily = query.family !== 4 && query.family !== 6;
    if (anyFamily && !request.localAddress && request.autoSelectFamily) {
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
    if (this.#attempt && this.#seriesTarget) this.#tellCanceled();
    this.#attempt = undefined;
  }

  /** One of several attempts is told as failed when the socket is destroyed. */
  #tellCanceled(): void {
    const { address, port, family } = this.#seriesTarget!;
    setImmediate(() =>
      this.#client.emit(
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
      this.#client.emit("lookup", error, address, family, host);
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
        this.#client.touch();
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
        this.#client.emit("lookup", error, undefined, undefined, host);
        this.#failLater(error);
        return;
      }
      const addresses = found as LookupAddress[];
      for (const { address, family } of addresses) {
        this.#client.emit("lookup", error, address, family, host);
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
      this.#client.touch();
      if (candidates.length === 1) return this.#single(candidates[0]!);
      this.#nextOf({
        candidates,
        timeout: attemptTimeout,
        errors: [],
        attempted: this.#client.beginSeries(),
        next: 0,
      });
    });
  }

  /** Attempt the only address there is. */
  #single({ address, family }: Candidate): void {
    const { port, localAddress, localPort } = this.#request;
    const client = this.#client;
    const announce = () =>
      client.emit("connectionAttempt", address, port, family);
    // A source address is bound before the attempt counts as one.
    const bindsFirst = Boolean(localAddress || localPort);
    if (!bindsFirst) {
      announce();
      if (this.#done) return;
    }
    if (client.blockList?.check(address, `ipv${family}`)) {
      if (bindsFirst) announce();
      client.fail(ipBlocked(address));
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
    this.#start(target, bindsFirst ? announce : undefined);
  }

  /**
   * Start the attempt that decides.
   *
   * @param announce Called once the source address is bound.
   */
  #start(target: ConnectTarget, announce?: () => void): void {
    const client = this.#client;
    if (this.#attempt) {
      this.#refuseSecond(target);
      return;
    }
    const onBound = () => {
      announce?.();
      announce = undefined;
    };
    try {
      this.#attempt = this.#connect(target, {
        onBound,
        onConnect: (connection) => {
          onBound();
          if (this.#done) return connection.close();
          this.#done = true;
          client.succeed(connection);
        },
        onError: (error) => {
          this.#attempt = undefined;
          const isBind = (error as { syscall?: string }).syscall === "bind";
          if (!isBind) onBound();
          if (!isBind && !failedAtOnce(error, target)) {
            client.settle();
            client.emit(
              "connectionAttemptFailed",
              ...(target.kind === "tcp"
                ? [target.address, target.port, target.family]
                : [target.path, undefined, undefined]),
              error,
            );
          }
          if (!this.#done) client.fail(error);
        },
      });
    } catch (error) {
      client.fail(error as Error);
    }
  }

  /** A lookup may say one family and give an address of the other. */
  #connect(target: ConnectTarget, sink: ConnectSink): ConnectAttempt {
    if (target.kind === "tcp" && isIP(target.address) !== target.family) {
      throw systemError("EINVAL", "connect", target);
    }
    return this.#adapter.connect(target, sink);
  }

  /** A second `connect` while the first is under way. */
  #refuseSecond(target: ConnectTarget): void {
    const details = target.kind === "tcp" ? target : { address: target.path };
    const error = systemError("EALREADY", "connect", details);
    const local = this.localEndpoint();
    if (target.kind === "tcp" && local) nameLocalEnd(error, target, local);
    this.#client.fail(error);
  }

  /** Attempt the next address of a series. */
  #nextOf(series: Series): void {
    clearTimeout(this.#timer);
    const { candidates, errors } = series;
    const client = this.#client;
    if (series.next === candidates.length) {
      client.fail(
        errors.length > 0
          ? connectionsFailed(errors)
          : socketConnectionTimeout(),
      );
      return;
    }
    const { address, family } = candidates[series.next++]!;
    const { port, localPort } = this.#request;
    const failed = (error: Error) => {
      errors.push(error);
      client.emit("connectionAttemptFailed", address, port, family, error);
      if (!this.#done) this.#nextOf(series);
    };
    if (client.blockList?.check(address, `ipv${family}`)) {
      failed(ipBlocked(address));
      return;
    }
    client.emit("connectionAttempt", address, port, family);
    if (this.#done) return;
    series.attempted.push(`${address}:${port}`);
    const target: TcpConnectTarget = {
      kind: "tcp",
      address,
      family,
      port,
      localPort,
      referenced: this.#referenced,
    };
    this.#seriesTarget = target;
    try {
      this.#attempt = this.#connect(target, {
        onConnect: (connection) => {
          clearTimeout(this.#timer);
          this.#done = true;
          client.succeed(connection);
        },
        onError: (error) => {
          this.#attempt = undefined;
          clearTimeout(this.#timer);
          failedAtOnce(error, target);
          failed(error);
        },
      });
    } catch (error) {
      failed(error as Error);
      return;
    }
    if (series.next < candidates.length) this.#limit(series, address, family);
  }

  /** Give the running attempt its time, then go on to the next address. */
  #limit(series: Series, address: string, family: 4 | 6): void {
    const { port } = this.#request;
    this.#timer = setTimeout(() => {
      this.#seriesTarget = undefined;
      this.#client.emit("connectionAttemptTimeout", address, port, family);
      series.errors.push(
        systemError("ETIMEDOUT", "connect", { address, port }),
      );
      this.#attempt?.abort();
      this.#attempt = undefined;
      if (!this.#done) this.#nextOf(series);
    }, series.timeout);
  }

  #failLater(error: Error): void {
    process.nextTick(() => {
      if (!this.#done) this.#client.fail(error);
    });
  }
}
