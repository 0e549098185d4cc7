/**
 * The direct way of a chunk past the stream.
 *
 * A stream takes its time for each chunk: it counts, queues a tick, and asks
 * for more. Where nothing of that can be noticed, a chunk goes from the
 * connection to the `'data'` listeners, or from `write` to the connection, with
 * nothing in between, and the stream is left in the state it would be in.
 *
 * **Reading**, if the stream flows, holds nothing, has a `'data'` listener and
 * has emitted before. Then the stream would emit the chunk at once, too, and
 * ask for more in the next tick; but the connection reads on anyway. What is
 * piped is left to a stream that has a short way of its own for it.
 *
 * **Writing**, if there is a connection, nothing is under way, corked or ending,
 * the chunk is smaller than the high-water mark, there is no callback to call,
 * and the stream has written before. Then the stream would pass the chunk on at
 * once, too. If the connection takes it all, nothing is left to do; otherwise
 * the stream is given the chunk together with the outcome.
 *
 * The first chunk goes through the stream: afterwards, what the stream notes
 * only once is noted. So does each chunk of a socket that has one of the
 * stream's methods replaced, by a subclass or by assignment, and of a stream
 * that lacks one of the properties that are looked at.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { nextTick } from "../../runtime/timers.ts";

/** The state of a readable stream, on all three runtimes. */
interface ReadableState {
  readonly flowing?: boolean | null;
  readonly length?: number;
  readonly highWaterMark: number;
  readonly decoder?: { write(chunk: Uint8Array): string } | null;
  readonly dataEmitted?: boolean;
  readonly sync?: boolean;
  readonly ended?: boolean;
  readonly needReadable?: boolean;
  readonly pipes?: { readonly length: number };
  /**
   * Of a stream with a short way of its own for what it pipes, as since Node
   * 26.12, which notes more of each chunk.
   */
  readonly pipeOnData?: unknown;
  readonly errored?: Error | null;
  readonly destroyed?: boolean;
  readonly objectMode?: boolean;
  readonly constructed?: boolean;
  readonly awaitDrainWriters?: unknown;
  readonly multiAwaitDrain?: boolean;
  reading: boolean;
}

/** The state of a writable stream, on all three runtimes. */
interface WritableState {
  readonly length?: number;
  readonly highWaterMark: number;
  readonly corked?: number;
  readonly writing?: boolean;
  readonly ending?: boolean;
  readonly errored?: Error | null;
  readonly needDrain?: boolean;
  readonly sync?: boolean;
  readonly objectMode?: boolean;
  readonly constructed?: boolean;
  readonly defaultEncoding?: string;
}

/** The methods of a socket that the stream would call for a chunk. */
interface StreamMethods {
  push(chunk: Uint8Array | null): boolean;
  read(size?: number): unknown;
  _read(size: number): void;
  _write(
    chunk: Uint8Array | string,
    encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void;
}

/** A socket, as the direct way sees it. */
export interface DirectSocket extends StreamMethods {
  listenerCount(eventName: "data"): number;
  emit(eventName: "data", data: Buffer | string): boolean;
}

interface StreamStates {
  readonly _readableState: ReadableState;
  readonly _writableState: WritableState;
}

/** What a socket's methods are as long as nobody replaces them. */
let own: StreamMethods;

/**
 * Note the methods of the class, once.
 *
 * @param prototype The prototype of the sockets.
 */
export function noteStreamMethods(prototype: StreamMethods): void {
  const { read, _read, _write } = prototype;
  own = { push: Duplex.prototype.push, read, _read, _write };
}

/** Bytes as a `Buffer` on the same memory. */
export function asBuffer(chunk: Uint8Array): Buffer {
  return chunk instanceof Buffer
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Whether the next chunk may go to {@linkcode emitDirectly}. */
export function mayEmitDirectly(socket: DirectSocket): boolean {
  const state = (socket as unknown as StreamStates)._readableState;
  return state.dataEmitted === true &&
    state.sync === false &&
    state.ended === false &&
    // The stream would set it when it asks for more.
    state.needReadable === true &&
    (state.pipeOnData === undefined || state.pipes!.length === 0) &&
    state.errored === null &&
    state.objectMode === false &&
    state.constructed === true &&
    state.multiAwaitDrain === false &&
    socket.push === own.push &&
    socket.read === own.read &&
    socket._read === own._read &&
    passesOn(socket, state);
}

/** Whether the stream flows to somebody, and holds nothing. */
function passesOn(socket: DirectSocket, state: ReadableState): boolean {
  return state.flowing === true && state.length === 0 &&
    state.awaitDrainWriters === null && socket.listenerCount("data") > 0;
}

/** Ask for more, as the stream does in the tick after a chunk. */
function readMore(socket: DirectSocket): void {
  const state = (socket as unknown as StreamStates)._readableState;
  if (state.reading || state.ended) return;
  const isEmpty = state.flowing === true && state.length === 0;
  if (isEmpty || state.length! < state.highWaterMark) socket.read(0);
}

/**
 * Emit a chunk as `'data'`. With an encoding set, the decoder may keep a part of
 * it, or all.
 *
 * @returns As `push`: `false` if no more should be read for now.
 */
export function emitDirectly(socket: DirectSocket, chunk: Uint8Array): boolean {
  const state = (socket as unknown as StreamStates)._readableState;
  const data = state.decoder ? state.decoder.write(chunk) : asBuffer(chunk);
  // Between a chunk and the next the stream is not reading, as a listener sees.
  state.reading = false;
  if (data.length > 0) socket.emit("data", data);
  // A listener may have put bytes back, paused or destroyed.
  const hasRoom = state.length === 0 || state.length! < state.highWaterMark;
  const readsOn = hasRoom && state.ended === false;
  if (readsOn && state.destroyed === false) state.reading = true;
  // If the next chunk goes through the stream, what it queues is to come after
  // what this one would have queued.
  if (!passesOn(socket, state)) nextTick(readMore, socket);
  return readsOn;
}

/** Whether a chunk may be sent before the stream knows of it. */
export function mayWriteDirectly(
  socket: DirectSocket,
  chunk: unknown,
  encoding: unknown,
): chunk is Uint8Array | string {
  const state = (socket as unknown as StreamStates)._writableState;
  if (
    state.length !== 0 ||
    state.corked !== 0 ||
    state.writing !== false ||
    state.ending !== false ||
    state.errored !== null ||
    state.needDrain !== false ||
    state.sync !== false ||
    state.objectMode !== false ||
    state.constructed !== true ||
    socket._write !== own._write
  ) return false;
  if (encoding === undefined) {
    if (state.defaultEncoding !== "utf8") return false;
  } else if (encoding !== "utf8" && encoding !== "latin1") {
    return false;
  }
  if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) return false;
  return chunk.length > 0 && chunk.length < state.highWaterMark;
}
