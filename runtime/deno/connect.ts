/**
 * Connecting with the Deno backend.
 *
 * @module
 */
import { setImmediate } from "../timers.ts";
import type { ConnectAttempt, ConnectSink, ConnectTarget } from "../adapter.ts";
import {
  type ConnectOptions,
  denoNamespace,
  isGrantedByName,
  type NativeConn,
} from "./api.ts";
import { connectBegins, connectEnds } from "./connect_entry.ts";
import { DenoConnection } from "./connection.ts";
import { fromDenoError } from "./errors.ts";
import type { DenoInternals } from "./internals.ts";
import { listenersClosed } from "./listener.ts";
import { connectableAddress } from "../common/unspecified_address.ts";
import { withoutNeedlessZone } from "../common/zone.ts";
import { guardConnectSink } from "../common/guarded_sinks.ts";
import { systemError, type SystemErrorDetails } from "../errors.ts";
import {
  checkPipePath,
  hasStrayNul,
  invalidPath,
} from "../common/pipe_path.ts";

/**
 * Controllers of attempts that are over: to make one takes longer than the rest
 * of an attempt here.
 */
const spareControllers: AbortController[] = [];
const MAX_SPARE = 64;

/** {@linkcode ConnectAttempt} over `Deno.connect`. */
class DenoAttempt implements ConnectAttempt {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  readonly #internals: DenoInternals;
  readonly #details: SystemErrorDetails;
  /** Until the attempt is over. */
  #controller: AbortController | null = null;
  readonly #startTime: number = connectBegins();
  #aborted = false;

  constructor(
    target: ConnectTarget,
    sink: ConnectSink,
    internals: DenoInternals,
  ) {
    this.#target = target;
    this.#sink = guardConnectSink(sink);
    this.#internals = internals;
    this.#details = target.kind === "tcp"
      ? { address: target.address, port: target.port }
      : { address: target.path };
    const closing = listenersClosed();
    // A server that was closed in this turn would still accept.
    if (closing === null) this.#start();
    else closing.then(() => this.#start());
  }

  #start(): void {
    if (this.#aborted) return;
    const target = this.#target;
    if (target.kind === "tcp" && target.port === 0) {
      // Deno throws for port 0; elsewhere the system refuses the connection.
      this.#fail(systemError("ECONNREFUSED", "connect", this.#details));
      return;
    }
    denoNamespace().connect(this.#options(target)).then(
      this.#onConnected,
      this.#onFailed,
    );
  }

  #options(target: ConnectTarget): ConnectOptions {
    if (target.kind === "pipe") return { transport: "unix", path: target.path };
    this.#controller = spareControllers.pop() ?? new AbortController();
    const address = connectableAddress(withoutNeedlessZone(target.address));
    return {
      hostname: isGrantedByName(target) ? target.host! : address,
      port: target.port,
      signal: this.#controller.signal,
    };
  }

  /** The controller can be used for another attempt, unless it is aborted. */
  #releaseController(): void {
    const controller = this.#controller;
    if (controller === null || this.#aborted) return;
    this.#controller = null;
    if (spareControllers.length < MAX_SPARE) spareControllers.push(controller);
  }

  // The outcome is reported in a turn of its own. Promise jobs alone would
  // report several attempts in a row, and code that awaits one of them could not
  // run in between.

  readonly #onConnected = (conn: NativeConn): void => {
    this.#releaseController();
    setImmediate(this.#report, conn);
  };

  readonly #onFailed = (error: unknown): void => {
    this.#releaseController();
    this.#fail(fromDenoError(error, "connect", this.#details));
  };

  readonly #report = (conn: NativeConn): void => {
    if (this.#aborted) return conn.close();
    const target = this.#target;
    if (target.kind === "tcp") connectEnds(this.#startTime, target);
    this.#sink.onConnect(
      new DenoConnection(conn, target.kind, this.#internals),
    );
  };

  #fail(error: Error): void {
    setImmediate(() => {
      if (!this.#aborted) this.#sink.onError(error);
    });
  }

  abort(): void {
    this.#aborted = true;
    const controller = this.#controller;
    if (controller === null) return;
    // Up to 2.9, Deno.connect looks at the signal once more when it has the
    // connection, and throws without closing that. Not reported.
    controller.signal.throwIfAborted = () => {};
    controller.abort();
  }

  // A running attempt keeps the process alive either way, as in Node.
  ref(): void {}
  unref(): void {}
}

/** Throw at once, as Node does, for what cannot be the path of a socket. */
function checkPath(path: string): void {
  // Rust's standard library wants room for a NUL.
  checkPipePath(path, "connect", 1);
  if (hasStrayNul(path)) throw invalidPath(path, "connect");
}

/**
 * Start one attempt to connect.
 *
 * @param internals The parts of Deno's inside that may be used.
 */
export function connect(
  target: ConnectTarget,
  sink: ConnectSink,
  internals: DenoInternals,
): ConnectAttempt {
  if (target.kind === "pipe") checkPath(target.path);
  return new DenoAttempt(target, sink, internals);
}
