/**
 * What a connection of the Bun backend reports to: the contexts of
 * `AsyncLocalStorage` in which Node would report.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { ConnectionSink } from "../adapter.ts";
import { GuardedConnectionSink, outside } from "../common/guarded_sinks.ts";

/** Guards a sink, and calls it in the right context. */
export class BunConnectionSink extends GuardedConnectionSink {
  readonly #accepted: boolean;
  /** Calls in the context of the write or the shutdown that is under way. */
  #inContext: ReturnType<typeof AsyncLocalStorage.snapshot> | undefined;

  /** @param accepted Whether a listener has made the connection. */
  constructor(sink: ConnectionSink, accepted: boolean) {
    super(sink);
    this.#accepted = accepted;
  }

  /** Whether `http` speaks over the socket, as a client or as a server. */
  get isOfHttp(): boolean {
    const { parser } = (this.bare.socket ?? {}) as { parser?: object | null };
    return Boolean(parser);
  }

  /**
   * A write or a shutdown begins that is answered later. Bun would report it in
   * the context of the connect, or of the listener.
   */
  expectAnswer(): void {
    this.#inContext ??= AsyncLocalStorage.snapshot();
  }

  /** Bytes arrived, in a handler: that catches, and has the right context. */
  onReadInHandler(chunk: Uint8Array): void {
    this.bare.onRead(chunk);
  }

  override onRead(chunk: Uint8Array): void {
    this.report(() => this.bare.onRead(chunk));
  }

  override onWrite(error: Error | null): void {
    this.#answer(() => this.bare.onWrite(error));
  }

  override onShutdown(error: Error | null): void {
    this.#answer(() => this.bare.onShutdown(error));
  }

  /** An accepted connection has no context, whoever has asked for the report. */
  protected override report(call: () => void): void {
    if (this.#accepted) outside(() => super.report(call));
    else super.report(call);
  }

  #answer(call: () => void): void {
    const inContext = this.#inContext;
    this.#inContext = undefined;
    // A write that has failed is answered, whatever the close says of it.
    inContext?.(() => super.report(call));
  }
}
