/**
 * Declarations of tests that are skipped for one reason, if there is one.
 *
 * @module
 */
import { test, type TestOptions } from "node:test";
import {
  eachTcp,
  forEachTransport,
  ipcTest,
  type Skip,
  tcpTest,
  testOver,
} from "./transports.ts";

type Body = () => void | Promise<void>;

/** As `test` of `node:test`, with the options left out or not. */
interface DeclareTest {
  (name: string, fn: Body): void;
  (name: string, options: TestOptions, fn: Body): void;
}

/** The functions that declare tests. */
export interface Declarations {
  readonly test: DeclareTest;
  readonly forEachTransport: typeof forEachTransport;
  readonly eachTcp: typeof eachTcp;
  readonly tcpTest: typeof tcpTest;
  readonly ipcTest: typeof ipcTest;
  readonly testOver: typeof testOver;
}

/** @param reason Why these tests are skipped, or `false`. */
export function unless(reason: string | false): Declarations {
  return {
    test(name: string, options: TestOptions | Body, fn?: Body) {
      const [given, body] = typeof options === "function"
        ? [{}, options]
        : [options, fn!];
      test(name, { ...given, ...reason && { skip: reason } }, body);
    },
    forEachTransport: (name, fn, skip: Skip = false) =>
      forEachTransport(name, fn, reason || skip),
    eachTcp: (name, fn, skip) => eachTcp(name, fn, reason || skip),
    tcpTest: (name, fn, skip) => tcpTest(name, fn, reason || skip),
    ipcTest: (name, fn, skip) => ipcTest(name, fn, reason || skip),
    testOver: (transport, name, fn, skip) =>
      testOver(transport, name, fn, reason || skip),
  };
}
