/**
 * The options of a TCP connection over `Deno.Conn`.
 *
 * @module
 */
import type { KeepAliveProbes } from "../adapter.ts";
import { requireFeature } from "./errors.ts";
import {
  delayKeepAlive,
  requireKeepAlive,
  withDuplicate,
  withDuplicateInTime,
} from "./handle/tcp_handle.ts";
import type { DenoInternals, TcpHandle } from "./internals.ts";
import {
  getTypeOfService,
  hasSocketOptions,
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
  /** How often keep-alive was set: the last call counts. */
  #keepAliveCalls = 0;
  #stopped = false;

  constructor(
    resource: Resource,
    internals: DenoInternals,
    writer: DenoWriter,
  ) {
    this.#resource = resource;
    this.#internals = internals;
    this.#writer = writer;
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
      this.#setWithHandle((handle) => {
        if (call !== this.#keepAliveCalls) return;
        delayKeepAlive(handle, initialDelay);
        if (probes) setKeepAliveProbes(handle, probes);
      });
    });
  }

  setTypeOfService(tos: number): void {
    requireFeature("typeOfService", hasSocketOptions(this.#internals));
    this.#writer.whenFree(() =>
      this.#setWithHandle((handle) => setTypeOfService(handle, tos))
    );
  }

  getTypeOfService(): number | undefined {
    if (!hasSocketOptions(this.#internals)) return undefined;
    return withDuplicate(this.#resource, this.#internals, getTypeOfService);
  }

  #setWithHandle(use: (handle: TcpHandle) => void): void {
    const isOver = () => this.#stopped;
    withDuplicateInTime(this.#resource, this.#internals, use, isOver);
  }
}
