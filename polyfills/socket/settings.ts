/**
 * Settings of a connection that can be made before there is one.
 *
 * @module
 */
import type { Connection, KeepAliveProbes } from "../../runtime/adapter.ts";
import { featureUnavailable } from "../../runtime/errors.ts";
import { invalidArgType } from "../node/errors.ts";
import type { SetKeepAliveOptions, SocketConstructorOpts } from "../options.ts";
import { toSeconds } from "./stream_options.ts";
import { validateInt32 } from "../node/validators.ts";

/** The options of a socket that are kept here. */
type Settings = Pick<
  SocketConstructorOpts,
  "noDelay" | "keepAlive" | "keepAliveInitialDelay" | "typeOfService"
>;

/** Settings of `setKeepAlive`, in seconds. */
interface KeepAlive {
  on: boolean;
  delay: number;
  interval?: number | undefined;
  count?: number | undefined;
}

/** What libuv takes where only one of the two is given. */
const PROBES: KeepAliveProbes = { interval: 1, count: 10 };

/** Kept until there is a connection, and then passed on if they change. */
export class TransportSettings {
  #noDelay: boolean;
  #keepAlive: KeepAlive;
  #typeOfService: number | undefined;

  /**
   * Made from the options of a socket, or `undefined` if they set nothing.
   *
   * @throws {TypeError | RangeError} For a type of service out of range.
   */
  static from(options: Settings): TransportSettings | undefined {
    const { noDelay, keepAlive, keepAliveInitialDelay, typeOfService } =
      options;
    return noDelay || keepAlive || keepAliveInitialDelay ||
        typeOfService !== undefined
      ? new TransportSettings(options)
      : undefined;
  }

  /** @throws {TypeError | RangeError} For a type of service out of range. */
  constructor(options: Settings = {}) {
    this.#noDelay = Boolean(options.noDelay);
    this.#keepAlive = {
      on: Boolean(options.keepAlive),
      delay: toSeconds(options.keepAliveInitialDelay),
    };
    this.#typeOfService = options.typeOfService;
    if (this.#typeOfService !== undefined) {
      validateInt32(this.#typeOfService, "options.typeOfService", 0, 255);
    }
  }

  /** The connection is there: what was set counts from now on. */
  apply(connection: Connection): void {
    if (this.#noDelay) connection.setNoDelay(true);
    if (this.#keepAlive.on) passKeepAlive(connection, this.#keepAlive);
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
    const { enable, initialDelay, interval, count } = settings;
    const next: KeepAlive = {
      on: Boolean(enable),
      delay: toSeconds(initialDelay),
      interval: interval === undefined ? undefined : toSeconds(interval),
      count,
    };
    const last = this.#keepAlive;
    this.#keepAlive = next;
    if (connection && !isSame(last, next)) passKeepAlive(connection, next);
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

/** Whether both come to the same; off is off, whatever else is said. */
function isSame(a: KeepAlive, b: KeepAlive): boolean {
  if (!a.on || !b.on) return a.on === b.on;
  return a.delay === b.delay && a.interval === b.interval &&
    a.count === b.count;
}

function passKeepAlive(
  connection: Connection,
  { on, delay, interval, count }: KeepAlive,
): void {
  if (!on || delay === 0 || (interval === undefined && count === undefined)) {
    connection.setKeepAlive(on, delay);
    return;
  }
  const probes = {
    interval: interval ?? PROBES.interval,
    count: isInt32(count) ? count : PROBES.count,
  };
  // Node's handle turns it on, and refuses the rest in silence.
  if (probes.interval < 1 || probes.count < 1) connection.setKeepAlive(true, 0);
  else connection.setKeepAlive(true, delay, probes);
}

function isInt32(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value;
}

function passTypeOfService(connection: Connection, tos: number): void {
  if (!connection.setTypeOfService) {
    throw featureUnavailable("typeOfService", "this runtime");
  }
  connection.setTypeOfService(tos);
}
