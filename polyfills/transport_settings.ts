/**
 * Settings of a connection that can be made before there is one.
 *
 * @module
 */
import type { Connection } from "../runtime/adapter.ts";
import { featureUnavailable } from "../runtime/errors.ts";
import { invalidArgType } from "./errors.ts";
import type { SetKeepAliveOptions, SocketConstructorOpts } from "./options.ts";
import { toSeconds } from "./socket_options.ts";
import { validateInt32 } from "./validators.ts";

/** Kept until there is a connection, and then passed on if they change. */
export class TransportSettings {
  #noDelay: boolean;
  #keepAlive: boolean;
  #keepAliveDelay: number;
  #typeOfService: number | undefined;

  /**
   * Made from the options of a socket, or `undefined` if they set nothing.
   *
   * @throws {TypeError | RangeError} For a type of service out of range.
   */
  static from(options: SocketConstructorOpts): TransportSettings | undefined {
    const { noDelay, keepAlive, keepAliveInitialDelay, typeOfService } =
      options;
    return noDelay || keepAlive || keepAliveInitialDelay ||
        typeOfService !== undefined
      ? new TransportSettings(options)
      : undefined;
  }

  /** @throws {TypeError | RangeError} For a type of service out of range. */
  constructor(options: SocketConstructorOpts = {}) {
    this.#noDelay = Boolean(options.noDelay);
    this.#keepAlive = Boolean(options.keepAlive);
    this.#keepAliveDelay = toSeconds(options.keepAliveInitialDelay);
    this.#typeOfService = options.typeOfService;
    if (this.#typeOfService !== undefined) {
      validateInt32(this.#typeOfService, "options.typeOfService", 0, 255);
    }
  }

  /** The connection is there: what was set counts from now on. */
  apply(connection: Connection): void {
    if (this.#noDelay) connection.setNoDelay(true);
    if (this.#keepAlive) connection.setKeepAlive(true, this.#keepAliveDelay);
    if (this.#typeOfService !== undefined) {
      passTypeOfService(connection, this.#typeOfService);
    }
  }

  /** See `Socket.setNoDelay`. */
  setNoDelay(connection: Connection | null, noDelay?: boolean): void {
    const on = noDelay === undefined || Boolean(noDelay);
    const changed = on !== this.#noDelay;
    this.#noDelay = on;
    // A handle that a caller made up may not have it.
    if (changed) connection?.setNoDelay?.(on);
  }

  /** See `Socket.setKeepAlive`. */
  setKeepAlive(
    connection: Connection | null,
    settings: SetKeepAliveOptions,
  ): void {
    if (settings.interval !== undefined || settings.count !== undefined) {
      throw featureUnavailable("keep-alive interval and count", "this runtime");
    }
    const on = Boolean(settings.enable);
    const delay = toSeconds(settings.initialDelay);
    const changed = on !== this.#keepAlive ||
      (on && delay !== this.#keepAliveDelay);
    this.#keepAlive = on;
    this.#keepAliveDelay = delay;
    if (changed) connection?.setKeepAlive(on, delay);
  }

  /** See `Socket.setTypeOfService`. */
  setTypeOfService(connection: Connection | null, tos: number): void {
    if (Number.isNaN(tos)) throw invalidArgType("tos", "number", tos);
    validateInt32(tos, "tos", 0, 255);
    if (connection) passTypeOfService(connection, tos);
    this.#typeOfService = tos;
  }

  /** See `Socket.getTypeOfService`. */
  getTypeOfService(connection: Connection | null): number {
    return connection?.getTypeOfService?.() ?? this.#typeOfService ?? 0;
  }
}

function passTypeOfService(connection: Connection, tos: number): void {
  if (!connection.setTypeOfService) {
    throw featureUnavailable("typeOfService", "this runtime");
  }
  connection.setTypeOfService(tos);
}
