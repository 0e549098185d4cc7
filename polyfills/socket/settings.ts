/**
 * Options of a connection (`TCP_NODELAY`, `SO_KEEPALIVE`, `IP_TOS`) that can be
 * set before there is one.
 *
 * @module
 */
import type { Connection, KeepAliveProbes } from "../../runtime/adapter.ts";
import { process } from "../../runtime/builtins.ts";
import { featureUnavailable } from "../../runtime/errors.ts";
import { invalidArgType } from "../node/errors.ts";
import type { SetKeepAliveOptions, SocketConstructorOpts } from "../options.ts";
import { toSeconds } from "./stream_options.ts";
import { validateInt32 } from "../node/validators.ts";

/** The constructor options that set them. */
type InitialSettings = Pick<
  SocketConstructorOpts,
  "noDelay" | "keepAlive" | "keepAliveInitialDelay" | "typeOfService"
>;

/** The arguments of `setKeepAlive`, times in seconds. */
interface KeepAlive {
  on: boolean;
  delay: number;
  interval?: number | undefined;
  count?: number | undefined;
}

/** Defaults where only one of the two is given, as in Node. */
const PROBES: KeepAliveProbes = { interval: 1, count: 10 };

/**
 * The settings of one socket. Kept until there is a connection; from then on, a
 * change is passed on to it.
 */
export class SocketSettings {
  #noDelay: boolean;
  #keepAlive: KeepAlive;
  #typeOfService: number | undefined;

  /**
   * Make the settings from the options of a socket.
   *
   * @returns `undefined` if the options set nothing.
   * @throws {TypeError | RangeError} For a type of service out of range.
   */
  static from(options: InitialSettings): SocketSettings | undefined {
    const { noDelay, keepAlive, keepAliveInitialDelay, typeOfService } =
      options;
    return noDelay || keepAlive || keepAliveInitialDelay ||
        typeOfService !== undefined
      ? new SocketSettings(options)
      : undefined;
  }

  /** @throws {TypeError | RangeError} For a type of service out of range. */
  constructor(options: InitialSettings = {}) {
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

  /** Pass the settings on to a new connection. */
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
    // The `handle` option may be an object without this method.
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

/** Whether both have the same effect: if off, the times do not matter. */
function isSame(a: KeepAlive, b: KeepAlive): boolean {
  if (!a.on || !b.on) return a.on === b.on;
  return a.delay === b.delay && a.interval === b.interval &&
    a.count === b.count;
}

function passKeepAlive(
  connection: Connection,
  { on, delay, interval, count }: KeepAlive,
): void {
  if (!on || delay === 0) return connection.setKeepAlive(on, 0);
  if (interval === undefined && count === undefined) {
    return passDelay(connection, delay);
  }
  const probes = {
    interval: interval ?? PROBES.interval,
    count: isInt32(count) ? count : PROBES.count,
  };
  // Node turns it on, and ignores a time or count that is too small.
  if (probes.interval < 1 || probes.count < 1) connection.setKeepAlive(true, 0);
  else connection.setKeepAlive(true, delay, probes);
}

let hasWarned = false;

/**
 * Turn keep-alive on, with a delay. Where the runtime has no means to set one,
 * that of the system counts: drivers ask for a delay on every connection, and
 * are not to fail for it. The process is warned once.
 */
function passDelay(connection: Connection, delay: number): void {
  try {
    connection.setKeepAlive(true, delay);
  } catch (error) {
    const { feature, message } = error as { feature?: string; message: string };
    if (feature !== "keepAliveDelay") throw error;
    connection.setKeepAlive(true, 0);
    if (hasWarned) return;
    hasWarned = true;
    process.emitWarning(
      `${message}; the system decides when keep-alive begins to probe`,
      "UnavailableFeatureWarning",
    );
  }
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
