/**
 * The end of a named pipe, where the runtime's module does not pass it on.
 *
 * @module
 */
import { process } from "../builtins.ts";
import { clearTimeout, setTimeout } from "../timers.ts";

/** Whether a connection is one that ends in both directions at once. */
export function isNamedPipe(kind: "tcp" | "pipe"): boolean {
  return kind === "pipe" && process.platform === "win32";
}

/** How long libuv waits for the peer after a program has ended its pipe. */
export const PIPE_END_MS = 50;

/**
 * Ends reading once this end has ended and the peer says nothing more.
 *
 * A named pipe of Windows has no FIN: what tells the peer is that the handle is
 * closed. So libuv ends reading a while after `end()`, and the socket, which has
 * ended both ways, closes. Deno waits for the peer, which waits as well (2.9.5),
 * and Bun closes at once, before an answer (1.4.5; neither is reported).
 */
export class PipeEnd {
  readonly #end: () => void;
  readonly #delay: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /**
   * @param end Called if nothing is heard of the peer.
   * @param isReading Whether to begin at once.
   * @param delay For how many milliseconds.
   */
  constructor(
    end: () => void,
    isReading: boolean,
    delay: number = PIPE_END_MS,
  ) {
    this.#end = end;
    this.#delay = delay;
    if (isReading) this.restart();
  }

  /** Begin to wait: somebody reads. */
  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#end();
    }, this.#delay);
    // Whoever reads keeps the process alive.
    this.#timer.unref();
  }

  /**
   * Something came.
   *
   * @returns `false` if reading has ended before.
   */
  heard(isReading: boolean): boolean {
    if (this.#isOver) return false;
    if (isReading) this.restart();
    return true;
  }

  /** Wait no longer: nobody reads, or the connection is closed. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
