/**
 * A handle for a connection that there is none for: a Unix socket of
 * `Deno.connect` or `Deno.listen`, and one of TCP while its descriptor cannot be
 * duplicated. `tls` takes it as it takes a handle of `node:net`, and reads and
 * writes through the connection.
 *
 * Deno's `tls` asks for the class of the handle. One with the mark below it then
 * uses by calls in JavaScript, as it does when it is laid over any stream. The
 * names are the same from Deno 2.8 to 2.9:
 * https://github.com/denoland/deno/blob/v2.9.5/ext/node/polyfills/internal_binding/tls_wrap.ts
 *
 * @module
 */
import type { Connection, ConnectionSink } from "../../adapter.ts";
import { ROOT_ASYNC_ID } from "../../defaults.ts";
import type { NativeHandleClass } from "../internals.ts";
import { oncePerClass } from "./class_over.ts";
import { noteConnection } from "./connection_of.ts";

/** Marks a handle that is no object of the runtime's. */
const IS_STREAM = Symbol.for("kJSStreamHandle");
/** Where `tls` finds what it writes to. */
const OWNER = Symbol.for("kJSStreamOwner");

/** The connection of a handle. */
export interface StreamHandleObserver extends Connection {
  /** The handle is taken: it is to hear what the connection reads. */
  onStreamTaken(): void;
  /** The other has closed the handle. */
  onHandleClosed(): void;
}

/** What other modules call on a handle, for one connection. */
export class StreamHandle {
  readonly #connection: StreamHandleObserver;
  /** Takes what was read; set by whoever takes the handle. */
  #readBuffer: ((bytes: Uint8Array) => void) | null = null;
  /** Takes the end; set with it. */
  emitEOF: (() => void) | undefined = undefined;
  /** Called once the write under way is over. */
  #onWritten: (() => void) | null = null;

  constructor(connection: StreamHandleObserver) {
    this.#connection = connection;
    noteConnection(this, connection);
  }

  /** Whether somebody has taken the handle. */
  get isTaken(): boolean {
    return this.#readBuffer !== null;
  }

  get readBuffer(): ((bytes: Uint8Array) => void) | null {
    return this.#readBuffer;
  }

  set readBuffer(take: (bytes: Uint8Array) => void) {
    const { isTaken } = this;
    this.#readBuffer = take;
    if (!isTaken) this.#connection.onStreamTaken();
  }

  /**
   * Write for the other, one chunk at a time. It hears of no error: reading
   * finds that the connection is lost, too.
   */
  write(chunk: Uint8Array, onWritten: () => void): void {
    const result = this.#connection.write(chunk);
    if (result === true) onWritten();
    else if (result === false) this.#onWritten = onWritten;
  }

  /**
   * What the connection reports to once the handle is taken.
   *
   * @param socket What it has reported to before.
   */
  sinkBeside(socket: ConnectionSink): ConnectionSink {
    return {
      onRead: (bytes) => this.#readBuffer!(bytes),
      onEnd: () => this.emitEOF?.(),
      onError: (error) => socket.onError(error),
      onWrite: (error) => {
        const onWritten = this.#onWritten;
        this.#onWritten = null;
        // A write from before is done with it.
        socket.onWrite(error);
        if (error === null) onWritten?.();
      },
      onShutdown: (error) => socket.onShutdown(error),
      onClose: () => socket.onClose(),
    };
  }

  // What is called on any handle.

  readStart(): number {
    return 0;
  }

  readStop(): number {
    return 0;
  }

  ref(): void {
    this.#connection.ref();
  }

  unref(): void {
    this.#connection.unref();
  }

  getAsyncId(): number {
    return ROOT_ASYNC_ID;
  }

  close(): void {
    this.#connection.onHandleClosed();
  }
}

/**
 * The class of our handles that pass for one of the runtime's. It inherits none
 * of the runtime's methods, which would refuse an object that is not their own.
 */
const classLike = oncePerClass(makeClassLike);

function makeClassLike(Native: NativeHandleClass): typeof StreamHandle {
  const Class = class extends StreamHandle {};
  const { prototype } = Class;
  for (
    let hidden = Native.prototype;
    hidden !== Object.prototype;
    hidden = Object.getPrototypeOf(hidden)
  ) {
    for (const name of Reflect.ownKeys(hidden)) {
      Object.defineProperty(prototype, name, {
        value: undefined,
        writable: true,
        configurable: true,
      });
    }
  }
  Object.defineProperties(prototype, {
    ...Object.getOwnPropertyDescriptors(StreamHandle.prototype),
    [IS_STREAM]: { value: true },
    [OWNER]: {
      get(this: StreamHandle) {
        return { stream: this };
      },
    },
  });
  Object.setPrototypeOf(prototype, Native.prototype);
  return Class;
}

/** Make the handle of a connection, for modules that ask for this class. */
export function streamHandle(
  connection: StreamHandleObserver,
  Native: NativeHandleClass,
): StreamHandle {
  const Class = classLike(Native);
  return new Class(connection);
}
