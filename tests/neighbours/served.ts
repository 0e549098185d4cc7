/**
 * Tests in which the `tls` or `http` of the runtime serves a socket of ours.
 * Bun's serves none of `net` before 1.4, one of its own neither.
 *
 * @module
 */
import { servesNoSockets } from "../helpers/runtime.ts";
import * as every from "../helpers/transports.ts";
import type { Skip, Transport } from "../helpers/transports.ts";

type Test = Parameters<typeof every.forEachTransport>[1];

/** As {@linkcode every.forEachTransport}. */
export function forEachTransport(name: string, fn: Test, skip?: Skip): void {
  every.forEachTransport(name, fn, servesNoSockets || skip);
}

/** As {@linkcode every.eachTcp}. */
export function eachTcp(
  name: string,
  fn: Test,
  skip?: string | false,
): void {
  every.eachTcp(name, fn, servesNoSockets || skip);
}

/** As {@linkcode every.tcpTest}. */
export function tcpTest(
  name: string,
  fn: Test,
  skip?: string | false,
): void {
  every.tcpTest(name, fn, servesNoSockets || skip);
}

/** As {@linkcode every.testOver}. */
export function testOver(
  transport: Transport,
  name: string,
  fn: Test,
  skip?: Skip,
): void {
  every.testOver(transport, name, fn, servesNoSockets || skip);
}
