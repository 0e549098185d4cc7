/**
 * The performance entries of connects, which Node's sockets report to a
 * `PerformanceObserver` of `"net"`.
 *
 * @module
 */
import * as perfHooks from "node:perf_hooks";
import type { TcpConnectTarget } from "../adapter.ts";

/** Passes an entry to its observers; in Deno's `node:perf_hooks` since 2.8. */
const { enqueueNodePerformanceEntry: enqueue } = perfHooks as unknown as {
  enqueueNodePerformanceEntry?: (entry: object) => void;
};

let isTypeRead = false;

/** An entry of no type: it is asked for its type by each observer there is. */
const probe = {
  get entryType(): string {
    isTypeRead = true;
    return "";
  },
};

/** Whether there is an observer; to read the clock costs more. */
function isObserved(): boolean {
  isTypeRead = false;
  enqueue?.(probe);
  return isTypeRead;
}

/** @returns When an attempt begins, in ms; -1 if nobody observes. */
export function connectBegins(): number {
  return isObserved() ? performance.now() : -1;
}

/** @param startTime What {@linkcode connectBegins} returned. */
export function connectEnds(
  startTime: number,
  { address, port }: TcpConnectTarget,
): void {
  if (startTime < 0) return;
  enqueue?.({
    name: "connect",
    entryType: "net",
    startTime,
    duration: performance.now() - startTime,
    detail: { host: address, port },
  });
}
