/**
 * Connecting with the Bun backend.
 *
 * @module
 */
import type {
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
} from "../adapter.ts";
import {
  type BunAddress,
  bunApi,
  type BunSocket,
  findConnecting,
} from "./api.ts";
import { BunConnection } from "./connection.ts";
import { type BunSocketOwner, handlers, UnconnectedOwner } from "./handlers.ts";
import { BoundAttempt } from "./old_releases/bound_attempt.ts";
import {
  chosenSource,
  connectError,
  earlyError,
  hasSource,
  sourceOf,
} from "./connect_errors.ts";
import { ignoresSource, repeatUnref } from "./old_releases/faults.ts";
import { closeFd, connectPath } from "./libc.ts";
import { codeFrom, codeOf } from "../errors.ts";
import { connectableAddress } from "../common/unspecified_address.ts";
import { withoutNeedlessZone } from "../common/zone.ts";
import { guardConnectSink } from "../common/guarded_sinks.ts";
import { endpointOf } from "../common/endpoint.ts";
import { hasStrayNul, invalidPath } from "../common/pipe_path.ts";
import { setImmediate } from "../timers.ts";

/** What is bound for the attempt: an address to bind again, or a socket. */
interface Source {
  readonly endpoint?: Endpoint;
  readonly fd?: number;
}

class BunAttempt extends UnconnectedOwner
  implements ConnectAttempt, BunSocketOwner {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  readonly #from: Source | undefined;
  #referenced: boolean;
  #starting = true;
  #done = false;
  /** Code of a failure that Bun reported before `connect` returned. */
  #early: string | undefined;
  /** What {@linkcode connectPath} returned: a descriptor or an error number. */
  #result: number | undefined;

  constructor(target: ConnectTarget, sink: ConnectSink, from?: Source) {
    super();
    this.#target = target;
    this.#from = from;
    // Bun would close a socket whose `open` threw, and reject a promise for
    // `connectError` (1.4.5, not reported).
    this.#sink = guardConnectSink(sink);
    this.#referenced = target.referenced;
  }

  start(): this {
    const target = this.#target;
    if (target.kind === "pipe") {
      // Bun 1.4.5 cuts a path at a NUL (not reported).
      if (hasStrayNul(target.path)) throw invalidPath(target.path, "connect");
      // Bun does not say why it fails. And a peer that writes and closes at once
      // may be ECONNRESET, and what it wrote lost (1.4.5; not reported).
      const result = connectPath(target.path, this.#from?.fd);
      if (result !== undefined) {
        this.#starting = false;
        this.#result = result;
        setImmediate(conclude, this);
        return this;
      }
    }
    // `open` and `connectError` report what the promise does, and sooner.
    bunApi().connect<BunSocketOwner>({
      ...addressOf(target, this.#from?.endpoint),
      data: this,
      socket: handlers,
      allowHalfOpen: true,
    });
    this.#starting = false;
    if (this.#early !== undefined) {
      const error = earlyError(this.#early, target);
      // Whether a path can be connected to is known at once, but Node reports it
      // in a later turn.
      if (target.kind === "tcp" || this.#early === "EINVAL") throw error;
      setImmediate(conclude, this);
    } else if (hasSource(target)) {
      setImmediate(reportBound, this);
    }
    return this;
  }

  /** Bun binds before `connect` returns. */
  reportBound(): void {
    if (!this.#done) this.#sink.onBound?.();
  }

  /** Report what was known when {@linkcode BunAttempt.start} returned. */
  conclude(): void {
    if (this.#done) return;
    const result = this.#result;
    if (result === undefined) return this.#reportError(this.#early!);
    if (result < 0) return this.#reportError(codeOf(result));
    this.#result = undefined;
    bunApi().connect<BunSocketOwner>({
      fd: result,
      data: this,
      socket: handlers,
      allowHalfOpen: true,
    });
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#result === undefined) {
      // The system may have connected by now: the peer is to see a FIN.
      findConnecting<BunSocketOwner>(this)?.close();
    } else if (this.#result >= 0) {
      closeFd(this.#result);
    }
  }

  /** This end's address, which is known from the start. */
  localEndpoint(): Endpoint | null {
    if (this.#done || this.#target.kind === "pipe") return null;
    const socket = findConnecting<BunSocketOwner>(this);
    return socket ? endpointOf(socket.localAddress, socket.localPort) : null;
  }

  // A running attempt keeps the process alive on every runtime, Node included.
  // `ref` and `unref` take effect once it is connected.

  ref(): void {
    this.#referenced = true;
  }

  unref(): void {
    this.#referenced = false;
  }

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    if (this.#done) return socket.close();
    this.#done = true;
    const { kind } = this.#target;
    const connection = new BunConnection(socket, kind);
    if (!this.#referenced) connection.unref();
    this.#sink.onConnect(connection);
    connection.opened();
    // It was made of a descriptor.
    if (kind === "pipe") repeatUnref(socket, connection);
  }

  override onConnectError(error: Error): void {
    if (this.#done) return;
    const code = codeFrom(error, "ECONNREFUSED");
    if (this.#starting) this.#early = code;
    else this.#reportError(code);
  }

  #reportError(code: string): void {
    this.#done = true;
    this.#sink.onError(connectError(code, this.#target));
  }
}

const conclude = (attempt: BunAttempt) => attempt.conclude();
const reportBound = (attempt: BunAttempt) => attempt.reportBound();

function addressOf(target: ConnectTarget, from?: Endpoint): BunAddress {
  if (target.kind === "pipe") return { unix: target.path };
  const { address, port, localPort } = target;
  const hostname = connectableAddress(withoutNeedlessZone(address));
  if (from) {
    return { hostname, port, localAddress: from.address, localPort: from.port };
  }
  if (!hasSource(target)) return { hostname, port };
  return { hostname, port, localPort, localAddress: sourceOf(target) };
}

/** Start one attempt to connect. */
export function connect(
  target: ConnectTarget,
  sink: ConnectSink,
  from?: Source,
): ConnectAttempt {
  if (ignoresSource && target.kind === "tcp") {
    const source = from?.endpoint ?? chosenSource(target);
    if (source) return new BoundAttempt(target, source, sink);
  }
  return new BunAttempt(target, sink, from).start();
}
