/**
 * The stream that a socket is: a `Duplex` whose events are those of a socket.
 *
 * @module
 */
import type { Duplex, DuplexOptions } from "node:stream";
import type {
  AnyListener,
  StaticsOf,
  TypedListener,
} from "../node/typed_events.ts";
import type { SocketEventMap } from "../options.ts";

/**
 * The instances. Before 26, `@types/node` declares the methods of a `Duplex`
 * for each event by its name. Such a declaration goes before any other, and
 * then the parameter of a `'close'` listener has no type. So they are replaced
 * here, not added to.
 */
export interface SocketStream extends Duplex {
  /** Add a listener. */
  addListener<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Add a listener. */
  addListener(eventName: string | symbol, listener: AnyListener): this;
  /** Call the listeners of an event. */
  emit<E extends keyof SocketEventMap>(
    eventName: E,
    ...args: Parameters<TypedListener<SocketEventMap, E>>
  ): boolean;
  /** Call the listeners of an event. */
  emit(eventName: string | symbol, ...args: unknown[]): boolean;
  /** Remove a listener. */
  off<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Remove a listener. */
  off(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener. */
  on<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Add a listener. */
  on(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener that is called at most once. */
  once<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Add a listener that is called at most once. */
  once(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener before the others. */
  prependListener<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Add a listener before the others. */
  prependListener(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener before the others that is called at most once. */
  prependOnceListener<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Add a listener before the others that is called at most once. */
  prependOnceListener(eventName: string | symbol, listener: AnyListener): this;
  /** Remove a listener. */
  removeListener<E extends keyof SocketEventMap>(
    eventName: E,
    listener: TypedListener<SocketEventMap, E>,
  ): this;
  /** Remove a listener. */
  removeListener(eventName: string | symbol, listener: AnyListener): this;
}

/** The class. */
export interface SocketStreamClass extends StaticsOf<typeof Duplex> {
  /** Make a stream. */
  new (options?: DuplexOptions): SocketStream;
}
