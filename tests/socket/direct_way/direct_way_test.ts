/**
 * A socket on the direct way, and one whose chunks all go through the stream,
 * because a subclass replaces the stream's methods: whatever is done to them,
 * both show the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { Socket } from "../../../mod.ts";
import { HIGH_WATER_MARK, run, scripts } from "./operations.ts";
import type { ScriptedConnection } from "./scripted_connection.ts";

/** How many scripts; `CI` and `ISONET_DIRECT_WAY` ask for more. */
const RUNS = Number(
  process.env.ISONET_DIRECT_WAY ?? (process.env.CI ? 300 : 100),
);

class StreamedSocket extends Socket {
  override _read(size: number): void {
    super._read(size);
  }

  override _write(...args: Parameters<Socket["_write"]>): void {
    super._write(...args);
  }
}

const optionsOf = (handle: ScriptedConnection, allowHalfOpen: boolean) => ({
  handle,
  allowHalfOpen,
  highWaterMark: HIGH_WATER_MARK,
});

for (const halfOpen of [false, true]) {
  test(`net.Socket: shows the same on the direct way, allowHalfOpen ${halfOpen}`, async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const direct = await run(
          script,
          (handle) => new Socket(optionsOf(handle, halfOpen)),
        );
        const streamed = await run(
          script,
          (handle) => new StreamedSocket(optionsOf(handle, halfOpen)),
        );
        assert.deepEqual(direct, streamed);
      }),
      { numRuns: RUNS },
    );
  });
}
