/**
 * What the listener of a server reports.
 *
 * Binding may take a while. If the server is closed, or starts to listen
 * somewhere else, before the listener is bound, the listener is closed as soon
 * as it is.
 *
 * @module
 */
import type {
  Connection,
  Listener,
  ListenSink,
} from "../../runtime/adapter.ts";

/** A listener as `server._handle`, where connections can be intercepted. */
export interface ObservableListener extends Listener {
  /** Called with each connection, as the handle of Node's server is. */
  onconnection: (error: number, connection: Connection) => void;
}

/** The server, as its sink sees it. */
interface ListeningServer {
  readonly maxConnections: number;
  readonly dropMaxConnection: boolean;
  emit(event: "error", error: Error): boolean;
}

/** The `listen` call that the listener was made for. */
export interface ListenCall {
  /** Whether neither `close` nor another `listen` was called since. */
  isCurrent(): boolean;
  /** The listener is bound. */
  succeed(): void;
  /** The listener could not be bound. */
  fail(error: Error): void;
  /** The address is free, a while after the listener was closed. */
  unbound(): void;
}

/** Passes on to a server what one listener reports. */
export class ListenerSink implements ListenSink {
  readonly #server: ListeningServer;
  readonly #call: ListenCall;
  /** Set once the adapter's `listen` has returned it. */
  listener: ObservableListener | undefined;

  /**
   * @param server Emits the errors, and has the limits.
   * @param call What depends on the outcome.
   */
  constructor(server: ListeningServer, call: ListenCall) {
    this.#server = server;
    this.#call = call;
  }

  /** How many connections the server takes before it passes one on. */
  get maxConnections(): number | undefined {
    const { dropMaxConnection, maxConnections } = this.#server;
    return dropMaxConnection ? undefined : maxConnections;
  }

  /** The listener is bound, after a while. */
  onListening(): void {
    if (this.#call.isCurrent()) this.#call.succeed();
    else this.listener!.close();
  }

  /** A peer connected. */
  onConnection(connection: Connection): void {
    this.listener!.onconnection(0, connection);
  }

  /** Binding failed after a while, or a connection could not be accepted. */
  onError(error: Error): void {
    if (this.listener?.pending && this.#call.isCurrent()) {
      this.#call.fail(error);
    }
    this.#server.emit("error", error);
  }

  /** The address is free, if closing the listener took a while. */
  onClose(): void {
    this.#call.unbound();
  }
}
