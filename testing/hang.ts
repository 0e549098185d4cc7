/**
 * A program that waits for what does not come.
 *
 * @module
 */

/** The program of `network.run` waits for something that does not come. */
export class HangError extends Error {
  /** `"HangError"` */
  override readonly name = "HangError";
  /** What was open, in words. */
  readonly open: readonly string[];
  /** Seed of the network. */
  readonly seed: number;

  /** Made by the network. */
  constructor(
    seed: number,
    now: number,
    open: readonly string[],
    isDone: boolean,
  ) {
    const what = isDone
      ? "the program is done, but goes on"
      : "the program waits for something that does not come";
    const list = open.map((line) => `\n  - ${line}`).join("") ||
      "\n  nothing of the network";
    super(`${what}, at ${now} ms with seed ${seed}; it has open:${list}`);
    this.seed = seed;
    this.open = open;
  }
}
