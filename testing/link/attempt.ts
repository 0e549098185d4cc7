/**
 * An attempt to connect, as a link sees it.
 *
 * @module
 */

/** What becomes of an attempt. */
export type Verdict =
  | { readonly kind: "pass" }
  | { readonly kind: "refuse" }
  | { readonly kind: "ignore" }
  | { readonly kind: "fail"; readonly code: string };

/** Somebody connects over a link: let it pass, or not. */
export class LinkAttempt {
  /** Name of the host that connects. */
  readonly from: string;
  /** Name of the host it connects to. */
  readonly to: string;
  /** Port, or the path. */
  readonly port: number | string;
  /** How many attempts this link has seen, this one included. */
  readonly number: number;
  /**
   * What becomes of it.
   *
   * @internal
   */
  verdict: Verdict = { kind: "pass" };
  /**
   * Milliseconds that it waits first.
   *
   * @internal
   */
  waits = 0;

  /** Made by the link. */
  constructor(from: string, to: string, port: number | string, number: number) {
    this.from = from;
    this.to = to;
    this.port = port;
    this.number = number;
  }

  /** Answer with a RST: `ECONNREFUSED`. */
  refuse(): void {
    this.verdict = { kind: "refuse" };
  }

  /** Do not answer at all: `ETIMEDOUT`, after 127 seconds. */
  ignore(): void {
    this.verdict = { kind: "ignore" };
  }

  /** Let it wait for this many milliseconds first. */
  delay(milliseconds: number): void {
    this.waits = milliseconds;
  }

  /** Let it fail with a code of the system's: `"EHOSTUNREACH"`, ... */
  fail(code: string): void {
    this.verdict = { kind: "fail", code };
  }
}
