/**
 * The reading half of a socket: chunks of a connection into the stream, or
 * into the memory of the `onread` option.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Connection } from "../runtime/adapter.ts";
import type { UserBuffer } from "./onread.ts";

/** What of a stream its reading half needs. */
interface ReadableStreamSide {
  readonly destroyed: boolean;
  push(chunk: Uint8Array | null): boolean;
  read(size: number): unknown;
}

function asBuffer(chunk: Uint8Array): Buffer {
  return chunk instanceof Buffer
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Reads from one connection after the other. */
export class ReadSide {
  readonly #stream: ReadableStreamSide;
  readonly #userBuffer: UserBuffer | undefined;
  #connection: Connection | null = null;
  #reading = false;
  /** Bytes received from the present connection. */
  bytes = 0;

  constructor(stream: ReadableStreamSide, userBuffer: UserBuffer | undefined) {
    this.#stream = stream;
    this.#userBuffer = userBuffer;
  }

  /** A connect begins: count anew, ask for the first memory. */
  reset(): void {
    this.bytes = 0;
    this.#userBuffer?.prepare();
  }

  /** From here on, read from this connection, once started. */
  attach(connection: Connection): void {
    this.#connection = connection;
    this.#userBuffer?.prepare();
  }

  /** The connection is gone. */
  detach(): void {
    this.#connection = null;
    this.#reading = false;
  }

  /** Memory the next bytes are to go to; `undefined` if anywhere. */
  get memory(): Uint8Array | undefined {
    return this.#userBuffer?.memory;
  }

  /** Whether `pause` and `resume` act on the connection directly. */
  get bypassesStream(): boolean {
    return this.#userBuffer !== undefined;
  }

  /** Read until {@linkcode stop}. */
  start(): void {
    if (this.#reading || !this.#connection) return;
    this.#reading = true;
    if (this.#userBuffer?.pending) {
      // Left over from a pause: as if it arrived now, in a turn of its own.
      setImmediate(() => this.#deliverRest());
    } else {
      this.#connection.readStart();
    }
  }

  /** Do not read until {@linkcode start}. */
  stop(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#connection?.readStop();
  }

  /** Bytes arrived. */
  onChunk(chunk: Uint8Array): void {
    if (this.#stream.destroyed) return;
    if (this.#userBuffer) {
      this.#deliver(this.#userBuffer, chunk);
      return;
    }
    this.bytes += chunk.length;
    if (!this.#stream.push(asBuffer(chunk))) this.stop();
  }

  /** The peer has ended its side. */
  onEnd(): void {
    this.#stream.push(null);
    this.#stream.read(0);
  }

  #deliverRest(): void {
    if (!this.#reading) return;
    const rest = this.#userBuffer!.take();
    if (rest) this.#deliver(this.#userBuffer!, rest);
    if (this.#reading) this.#connection?.readStart();
  }

  /** Hand bytes to `onread`, in pieces as large as its memory. */
  #deliver(target: UserBuffer, chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#reading && !this.#stream.destroyed) {
      const size = target.fill(rest);
      if (size === 0) return;
      this.bytes += size;
      rest = rest.subarray(size);
      if (!target.tell(size)) this.stop();
    }
    if (rest.length > 0) target.keep(rest);
  }
}
