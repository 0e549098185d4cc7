/**
 * The methods of an event emitter, typed by a map of its events.
 *
 * @module
 */
import type { EventEmitter } from "node:events";

/** A listener for an event that is not in the map. */
export type AnyListener = Parameters<EventEmitter["on"]>[1];

/** A listener for an event that is in the map. */
export type TypedListener<Events, Name extends keyof Events> = (
  ...args: Events[Name] extends unknown[] ? Events[Name] : never
) => void;

/** The static members of a class, without its constructor. */
export type StaticsOf<Class> = Pick<Class, Exclude<keyof Class, "prototype">>;

/** An emitter whose events are typed by a map from names to arguments. */
export interface TypedEvents<Events> {
  /** Add a listener. */
  addListener<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Add a listener. */
  addListener(eventName: string | symbol, listener: AnyListener): this;
  /** Call the listeners of an event. */
  emit<E extends keyof Events>(
    eventName: E,
    ...args: Parameters<TypedListener<Events, E>>
  ): boolean;
  /** Call the listeners of an event. */
  emit(eventName: string | symbol, ...args: unknown[]): boolean;
  /** Remove a listener. */
  off<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Remove a listener. */
  off(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener. */
  on<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Add a listener. */
  on(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener that is called at most once. */
  once<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Add a listener that is called at most once. */
  once(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener before the others. */
  prependListener<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Add a listener before the others. */
  prependListener(eventName: string | symbol, listener: AnyListener): this;
  /** Add a listener before the others that is called at most once. */
  prependOnceListener<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Add a listener before the others that is called at most once. */
  prependOnceListener(eventName: string | symbol, listener: AnyListener): this;
  /** Remove a listener. */
  removeListener<E extends keyof Events>(
    eventName: E,
    listener: TypedListener<Events, E>,
  ): this;
  /** Remove a listener. */
  removeListener(eventName: string | symbol, listener: AnyListener): this;
}
