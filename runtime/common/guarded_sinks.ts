/**
 * Sinks for runtimes that do not treat an exception in a callback as an
 * uncaught one, but reject a promise, close the socket, or drop it.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type {
  Connection,
  ConnectionSink,
  ConnectSink,
  ListenSink,
} from "../adapter.ts";
import { queueMicrotask } from "../timers.ts";

/**
 * Call, and let an exception be an uncaught exception of a job of its own. The
 * caller goes on.
 */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    throwUncaught(error);
  }
}

/** Let this be an uncaught exception of a job of its own. */
export function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** The sink of a connection, its exceptions uncaught ones. */
export class GuardedConnectionSink implements ConnectionSink {
  /** Without the guard. */
  protected readonly bare: ConnectionSink;

  constructor(sink: ConnectionSink) {
    this.bare = sink;
  }

  // No closures here: these are called for every chunk.

  allocate(): Uint8Array | undefined {
    try {
      return this.bare.allocate?.();
    } catch (error) {
      throwUncaught(error);
    }
  }

  onRead(chunk: Uint8Array): void {
    try {
      this.bare.onRead(chunk);
    } catch (error) {
      throwUncaught(error);
    }
  }

  onWrite(error: Error | null): void {
    try {
      this.bare.onWrite(error);
    } catch (exception) {
      throwUncaught(exception);
    }
  }

  onEnd(): void {
    this.report(() => this.bare.onEnd());
  }

  onError(error: Error): void {
    this.report(() => this.bare.onError(error));
  }

  onShutdown(error: Error | null): void {
    this.report(() => this.bare.onShutdown(error));
  }

  onClose(): void {
    this.report(() => this.bare.onClose());
  }

  /** Call what answers no write; a subclass chooses the context. */
  protected report(call: () => void): void {
    guarded(call);
  }
}

/**
 * Calls a function outside of every context of an `AsyncLocalStorage`, unless
 * this module was loaded within one.
 */
export const outside: <Result>(call: () => Result) => Result = AsyncLocalStorage
  .snapshot();

/**
 * As Node, calls without a context what concerns an accepted connection. Deno
 * and Bun would call it in the context of `listen`.
 */
class AcceptedConnectionSink extends GuardedConnectionSink {
  readonly #context: () => unknown;

  constructor(
    sink: ConnectionSink,
    { context = unknownContext }: ContextOfCalls,
  ) {
    super(sink);
    this.#context = context;
  }

  override onRead(chunk: Uint8Array): void {
    if (this.#context() === undefined) super.onRead(chunk);
    else outside(() => super.onRead(chunk));
  }

  // Like onWrite, it comes in the context of the call that it answers.
  override onShutdown(error: Error | null): void {
    guarded(() => this.bare.onShutdown(error));
  }

  protected override report(call: () => void): void {
    if (this.#context() === undefined) super.report(call);
    else outside(() => super.report(call));
  }
}

class GuardedConnectSink implements ConnectSink {
  readonly #sink: ConnectSink;

  constructor(sink: ConnectSink) {
    this.#sink = sink;
  }

  onBound(): void {
    guarded(() => this.#sink.onBound?.());
  }

  onConnect(connection: Connection): void {
    guarded(() => this.#sink.onConnect(connection));
  }

  onError(error: Error): void {
    guarded(() => this.#sink.onError(error));
  }
}

class GuardedListenSink implements ListenSink {
  readonly #sink: ListenSink;

  constructor(sink: ListenSink) {
    this.#sink = sink;
  }

  get maxConnections(): number | undefined {
    return this.#sink.maxConnections;
  }

  onListening(): void {
    guarded(() => this.#sink.onListening());
  }

  onConnection(connection: Connection): void {
    guarded(() => this.#sink.onConnection(connection));
  }

  onError(error: Error): void {
    guarded(() => this.#sink.onError(error));
  }

  onClose(): void {
    guarded(() => this.#sink.onClose?.());
  }
}

/** For runtimes that do not show whether there is a context. */
const unknownContext = () => null;

/** In which contexts of an `AsyncLocalStorage` a backend calls a sink. */
interface ContextOfCalls {
  /**
   * Returns the context that the caller is in, `undefined` for none. Leaving one
   * costs more than to look.
   */
  readonly context?: (() => unknown) | undefined;
}

/**
 * The sink of a connection, its exceptions uncaught ones.
 *
 * @param accepted Whether a listener has made the connection.
 */
export function guardConnectionSink(
  sink: ConnectionSink,
  accepted = false,
  calls: ContextOfCalls = {},
): ConnectionSink {
  return accepted
    ? new AcceptedConnectionSink(sink, calls)
    : new GuardedConnectionSink(sink);
}

/** The sink of an attempt to connect, its exceptions uncaught ones. */
export function guardConnectSink(sink: ConnectSink): ConnectSink {
  return new GuardedConnectSink(sink);
}

/** The sink of a listener, its exceptions uncaught ones. */
export function guardListenSink(sink: ListenSink): ListenSink {
  return new GuardedListenSink(sink);
}
