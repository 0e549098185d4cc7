/**
 * The options of a TCP connection over `Deno.Conn`.
 *
 * @module
 */
import type { KeepAliveProbes } from "../adapter.ts";
import { requireFeature } from "./errors.ts";
import {
  canDelayByHandle,
  requireKeepAlive,
  withDuplicateInTime,
} from "./handle/tcp_handle.ts";
import type { DenoInternals, TcpHandle } from "./internals.ts";
import {
  getTypeOfService,
  hasLibc,
  setKeepAliveDelay,
  setKeepAliveProbes,
  setTypeOfService,
} from "./libc.ts";
import { type Resource, trySetting } from "./resource/resource.ts";
import type { DenoWriter } from "./writer.ts";

/**
 * Sets options: now, or after the pending write. Where one needs a duplicate of
 * the descriptor, as soon as there is a descriptor for it.
 */
export class TcpOptions {
  readonly #resource: Resource;
  readonly #internals: DenoInternals;
  readonly #writer: DenoWriter;
  readonly #descriptor: () => number;
  /** How often keep-alive was set: the last call counts. */
  #keepAliveCalls = 0;
  #stopped = false;

  /** @param descriptor Finds the descriptor, where there is the C library. */
  constructor(
    resource: Resource,
    internals: DenoInternals,
    writer: DenoWriter,
    descriptor: () => number,
  ) {
    this.#resource = resource;
    this.#internals = internals;
    this.#writer = writer;
    this.#descriptor = descriptor;
  }

  /** Set nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** @param own The handle that another module has, which can set it, too. */
  setNoDelay(on: boolean, own?: TcpHandle): void {
    const target = own ?? this.#resource.conn;
    this.#writer.whenFree(() => trySetting(() => target.setNoDelay!(on)));
  }

  /** @param own As for {@linkcode TcpOptions.setNoDelay}. */
  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes: KeepAliveProbes | undefined,
    own?: TcpHandle,
  ): void {
    const delays = on && initialDelay !== 0;
    requireKeepAlive(this.#internals, delays, probes !== undefined);
    this.#writer.whenFree(() => {
      const call = ++this.#keepAliveCalls;
      if (own?.setKeepAlive && !probes) {
        return void own.setKeepAlive(on, initialDelay);
      }
      if (!delays) {
        return trySetting(() => this.#resource.conn.setKeepAlive!(on));
      }
      const delay = (handle: TcpHandle) => {
        if (call !== this.#keepAliveCalls) return;
        handle.setKeepAlive!(true, initialDelay);
        if (probes) setKeepAliveProbes(this.#descriptor(), probes);
      };
      if (canDelayByHandle(this.#internals)) return this.#setWithHandle(delay);
      setKeepAliveDelay(this.#descriptor(), initialDelay);
      if (probes) setKeepAliveProbes(this.#descriptor(), probes);
    });
  }

  setTypeOfService(tos: number): void {
    requireFeature("typeOfService", hasLibc());
    setTypeOfService(this.#descriptor(), tos);
  }

  getTypeOfService(): number | undefined {
    return hasLibc() ? getTypeOfService(this.#descriptor()) : undefined;
  }

  #setWithHandle(use: (handle: TcpHandle) => void): void {
    const isOver = () => this.#stopped;
    withDuplicateInTime(this.#resource, this.#internals, use, isOver);
  }
}
