/**
 * A socket of Bun before 1.4 that works as one of later releases does:
 *
 * - One of a path closes at the peer's FIN, whatever `allowHalfOpen` says. A
 *   duplicate of its descriptor keeps the connection open, and a second socket
 *   is made of that. It must never read, since it would find the FIN again.
 * - One that has ended its side drops what it has not read when the peer ends
 *   as well. A duplicate of the descriptor still has it.
 * - A RST looks like an end, unless Bun reads it.
 * - One that is paused reads on while its peer fills each read.
 * - A write that fails returns 0, as if it had to wait.
 * - The error of a close may have the bits of an epoll event in the place of an
 *   error number, or say how the program has closed it.
 * - An accepted one does not keep the process alive; its listener does for it.
 * - A keep-alive delay is ignored, and there is no type of service.
 *
 * None of it is reported. Where the descriptor is needed, Linux is; elsewhere
 * the faults are as they are.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { bunApi, type BunSocket } from "../api.ts";
import { type BunSocketOwner, handlers } from "../handlers.ts";
import {
  closeFd,
  duplicate,
  getTypeOfService,
  hasLibc,
  readToEnd,
  setKeepAlive,
  setReceiveBuffer,
  setTypeOfService,
  takeError,
} from "../libc.ts";
import {
  codeFrom,
  codeOf,
  featureUnavailable,
  systemError,
} from "../../errors.ts";
import { isReset } from "../socket_options.ts";
import { guarded } from "../../common/guarded_sinks.ts";
import { hasOldSockets } from "./faults.ts";

/** A socket in the ways of Bun 1.4: the same one, if it has them. */
export function mended(
  socket: BunSocket<BunSocketOwner>,
  kind: "tcp" | "pipe",
): BunSocket<BunSocketOwner> {
  return hasOldSockets ? new OldSocket(socket, kind) : socket;
}

/** Bun's own socket below what {@linkcode mended} has returned. */
export function nativeOf(
  socket: BunSocket<BunSocketOwner>,
): BunSocket<BunSocketOwner> {
  return socket instanceof OldSocket ? socket.native : socket;
}

/** The owner of a socket of Bun. */
export function ownerOf({ data }: { readonly data?: unknown }): unknown {
  return data instanceof OldSocket ? data.data : data;
}

const EPOLLERR = 8;
const EPOLLHUP = 16;

function errnoOf(error: Error): number {
  return -((error as { errno?: number }).errno ?? 0);
}

/**
 * The code of the error that a socket was closed with.
 *
 * @param likely The code, if the error does not say.
 */
export function closeCode(error: Error | undefined, likely: string): string {
  if (error === undefined) return likely;
  const bits = errnoOf(error);
  const isEvent = bits === EPOLLERR || bits === EPOLLHUP ||
    bits === (EPOLLERR | EPOLLHUP);
  return isEvent ? likely : codeFrom(error, likely);
}

/** Bytes that the system takes for a paused socket, of which Bun reads more. */
const SMALL_BUFFER = 65_536;

/** The ways in which a program closes a socket: with a RST, and at once. */
const CLOSED_BY_PROGRAM: readonly number[] = [1, 2];

function requireTypeOfService(): void {
  if (!hasLibc()) throw featureUnavailable("typeOfService", "bun");
}

class OldSocket implements BunSocket<BunSocketOwner>, BunSocketOwner {
  /** Whoever hears of the socket. */
  data!: BunSocketOwner;
  readonly #isPath: boolean;
  #native: BunSocket<BunSocketOwner>;
  /** What was written by the socket before this one. */
  #before = 0;
  #paused = false;
  /** Whether the system takes only little of what the peer sends. */
  #isBounded = false;
  /** Whether this end has ended, and whether the peer has. */
  #ended = false;
  #hasPeerEnded = false;
  /** A duplicate of the descriptor, to read from after the close; or -1. */
  #spare = -1;
  /** What the connection has failed with, which Bun does not tell. */
  #failure: Error | undefined;

  constructor(native: BunSocket<BunSocketOwner>, kind: "tcp" | "pipe") {
    this.#native = native;
    this.#isPath = kind === "pipe";
    native.data = this;
    native.ref();
  }

  get native(): BunSocket<BunSocketOwner> {
    return this.#native;
  }

  get fd(): number {
    return this.#native.fd;
  }

  get localAddress(): string | undefined {
    return this.#native.localAddress;
  }

  get localPort(): number | undefined {
    return this.#native.localPort;
  }

  get remoteAddress(): string | undefined {
    if (this.remotePort === undefined) return undefined;
    return this.#native.remoteAddress;
  }

  get remotePort(): number | undefined {
    const { remotePort } = this.#native;
    return remotePort === -1 ? undefined : remotePort;
  }

  get bytesWritten(): number {
    return this.#before + this.#native.bytesWritten;
  }

  write(data: Uint8Array | string): number {
    const taken = this.#native.write(data);
    if (taken === Buffer.byteLength(data)) return taken;
    if (taken === 0 && !this.#isPath && isReset(this)) return -1;
    // Bun reads while it waits to write.
    if (this.#paused) this.#pauseAnew();
    return taken;
  }

  /** Bun reads although it is paused, and takes another `pause()` for nothing. */
  #pauseAnew(): void {
    this.#native.resume();
    this.#native.pause();
  }

  shutdown(): void {
    this.#ended = true;
    if (!this.#hasPeerEnded) this.#spare = duplicate(this.fd);
    this.#native.shutdown();
  }

  pause(): void {
    this.#paused = true;
    this.#native.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#isBounded) this.#bound(false);
    this.#native.resume();
  }

  /**
   * Bun reads on although it is paused, as long as it fills its own buffer. The
   * system must take less than that.
   */
  #bound(on: boolean): void {
    if (this.#isPath || !hasLibc()) return;
    this.#isBounded = on;
    setReceiveBuffer(this.fd, on ? SMALL_BUFFER : 0);
  }

  close(): void {
    this.#closeSpare();
    this.#native.close();
  }

  terminate(): void {
    this.#closeSpare();
    this.#native.terminate();
  }

  #closeSpare(): void {
    if (this.#spare >= 0) closeFd(this.#spare);
    this.#spare = -1;
  }

  upgradeTLS(options: object): readonly [object, object] | undefined {
    return this.#native.upgradeTLS(options);
  }

  ref(): void {
    this.#native.ref();
  }

  unref(): void {
    this.#native.unref();
  }

  setNoDelay(on: boolean): boolean {
    return this.#native.setNoDelay(on);
  }

  setKeepAlive(on: boolean, initialDelay: number): boolean {
    return hasLibc()
      ? setKeepAlive(this.fd, on, initialDelay / 1000)
      : this.#native.setKeepAlive(on, initialDelay);
  }

  setTypeOfService(tos: number): number {
    requireTypeOfService();
    return setTypeOfService(this.fd, tos);
  }

  getTypeOfService(): number {
    requireTypeOfService();
    return getTypeOfService(this.fd);
  }

  onData(chunk: Uint8Array): void {
    if (this.#paused) {
      this.#pauseAnew();
      if (!this.#isBounded) this.#bound(true);
    }
    this.data.onData(chunk);
  }

  onDrain(): void {
    this.data.onDrain();
  }

  onEnd(): void {
    if (this.#hasPeerEnded) return;
    if (hasLibc() && this.#takeFailure(this.fd)) {
      return this.#native.terminate();
    }
    this.#hasPeerEnded = true;
    if (this.#isPath && !this.#ended) this.#reopen();
    this.#readSpare();
    this.data.onEnd();
  }

  /** Go on with a socket that only writes. */
  #reopen(): void {
    const old = this.#native;
    const fd = duplicate(old.fd);
    if (fd < 0) return;
    // It opens before this returns.
    bunApi().connect<BunSocketOwner>({
      fd,
      data: this,
      socket: handlers,
      allowHalfOpen: true,
    });
    if (this.#native === old) return;
    this.#before += old.bytesWritten;
    (old as { data?: BunSocketOwner }).data = undefined;
  }

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    this.#native = socket;
    this.pause();
  }

  onClose(error: Error | undefined): void {
    this.#readSpare();
    this.data.onClose(this.#failure ?? (error && this.#closeError(error)));
  }

  #takeFailure(fd: number): boolean {
    const errno = takeError(fd);
    if (errno === 0) return false;
    this.#failure = systemError(codeOf(-errno), "read");
    return true;
  }

  #readSpare(): void {
    if (this.#spare < 0) return;
    // A read would take it.
    this.#takeFailure(this.#spare);
    const unread = readToEnd(this.#spare);
    this.#closeSpare();
    for (const chunk of unread) guarded(() => this.data.onData(chunk));
  }

  #closeError(error: Error): Error | undefined {
    if (CLOSED_BY_PROGRAM.includes(errnoOf(error))) return undefined;
    const likely = this.#hasPeerEnded ? "EPIPE" : "ECONNRESET";
    return systemError(closeCode(error, likely), "read");
  }
}
