/**
 * The handle that a connection has for other modules, of the kind that this
 * version of Deno takes.
 *
 * @module
 */
import type { ConnectionSink } from "../../adapter.ts";
import type { DenoInternals, TcpHandle } from "../internals.ts";
import type { Resource } from "../resource/resource.ts";
import { ConnHandle } from "./conn_handle.ts";
import { Handover, type HandoverObserver } from "./handover.ts";
import {
  type StreamHandle,
  streamHandle,
  type StreamHandleObserver,
} from "./stream_handle.ts";

/** The connection of a handle. */
export interface HandleObserver extends HandoverObserver, StreamHandleObserver {
}

/** Made when somebody asks a connection for its handle. */
export class LentHandle {
  readonly #resource: Resource;
  readonly #internals: DenoInternals;
  readonly #observer: HandleObserver;
  /** What other modules may have taken over. */
  #handover: Handover | ConnHandle | null = null;
  /** What stands in for it where there is none. */
  #stream: StreamHandle | null = null;

  /** @param internals The parts of Deno's inside that may be used. */
  constructor(
    resource: Resource,
    internals: DenoInternals,
    observer: HandleObserver,
  ) {
    this.#resource = resource;
    this.#internals = internals;
    this.#observer = observer;
  }

  /** @param isReading Whether a read is pending. */
  get(isReading: boolean): object | null | undefined {
    const { connHandles, Handle, Pipe } = this.#internals;
    const { kind } = this.#observer;
    if (connHandles) {
      if (isReading && !this.isTaken) return null;
      this.#handover ??= new ConnHandle(
        this.#resource,
        connHandles,
        this.#observer,
      );
    } else if (kind === "tcp" && !this.isStreamTaken) {
      this.#handover ??= Handover.open(
        this.#resource,
        this.#internals,
        this.#observer,
      );
    }
    if (this.#handover) return this.#handover.handle;
    const Native = kind === "tcp" ? Handle : Pipe;
    return Native
      ? this.#stream ??= streamHandle(this.#observer, Native)
      : undefined;
  }

  /** Whether others read and write by the handle, and the connection does not. */
  get isTaken(): boolean {
    return this.#handover?.isTaken ?? false;
  }

  /** Whether the resource is no longer the connection's. */
  get isGone(): boolean {
    return this.#handover instanceof ConnHandle && this.#handover.isTaken;
  }

  /** Whether another process has the descriptor: closing must send no FIN. */
  get isShared(): boolean {
    return this.#own?.isShared ?? false;
  }

  /** Whether it calls the connection. */
  get isStream(): boolean {
    return this.#stream !== null;
  }

  /** Whether it does, and somebody has taken it. */
  get isStreamTaken(): boolean {
    return this.#stream?.isTaken ?? false;
  }

  /** What the connection reports to then; as {@linkcode StreamHandle}. */
  sinkBeside(socket: ConnectionSink): ConnectionSink {
    return this.#stream!.sinkBeside(socket);
  }

  get #own(): Handover | undefined {
    return this.#handover instanceof Handover ? this.#handover : undefined;
  }

  /** A handle on a descriptor of its own, which can set options. */
  get tcp(): TcpHandle | undefined {
    return this.#own?.handle;
  }

  /** Bytes that others have read by the handle. */
  get bytesRead(): number {
    return this.#own?.bytesRead ?? 0;
  }

  /** Bytes that others have written by the handle. */
  get bytesWritten(): number {
    return this.#own?.bytesWritten ?? 0;
  }

  /** As {@linkcode Handover.begin}. */
  begin(bytes?: Uint8Array): void {
    this.#own?.begin(bytes);
  }

  /** Let what was taken keep the process alive, or not. */
  setReferenced(on: boolean): void {
    this.#handover?.setReferenced(on);
  }

  /** Close what others have. */
  close(): void {
    this.#handover?.close();
  }
}
