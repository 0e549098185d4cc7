/**
 * A native listener that is made up, so that it can fail at will.
 *
 * @module
 */
import type { NativeConn, NativeListener } from "../../runtime/deno/api.ts";
import type { Log } from "../../testing/contract/sinks.ts";

/** A `Deno.Listener` whose accepts end as the test says. */
export class FakeNative implements NativeListener {
  readonly addr = { hostname: "127.0.0.1", port: 1 };
  accepts = 0;
  #fail: ((error: unknown) => void) | undefined;
  readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  accept(): Promise<NativeConn> {
    this.accepts++;
    this.log.add(`accept ${this.accepts}`);
    return new Promise((_resolve, reject) => this.#fail = reject);
  }

  fail(code: string): void {
    this.#fail!(Object.assign(new Error(code), { code }));
  }

  close(): void {
    this.fail("EBADF");
  }

  ref(): void {}
  unref(): void {}
}
