/**
 * The parts that need no network, timed by tinybench: creating a Socket,
 * passing a chunk to `'data'` (compared with a bare stream), and `isIP`.
 *
 * @module
 */
import { once } from "node:events";
import type * as net from "node:net";
import { Duplex } from "node:stream";
import { Bench } from "tinybench";
import type { ContestantName } from "../contestants/contestant.ts";
import { createStillAdapter } from "../still_adapter.ts";
import { type Measurement, scaled, type Scenario } from "./scenario.ts";

/** Calls in one sample: so many that reading the clock does not matter. */
const CALLS = 100;
const MILLISECONDS = 2_000;
const LEAST = 100;

/** @returns Nanoseconds for one call: the median of many samples. */
async function measure(call: () => void, scale: number): Promise<Measurement> {
  const time = scaled(MILLISECONDS, scale, LEAST);
  const bench = new Bench({ time, warmupTime: time / 4, throws: true });
  bench.add("calls", () => {
    for (let i = 0; i < CALLS; i++) call();
  });
  const [task] = await bench.run();
  if (task?.result.state !== "completed") throw new Error("not completed");
  return { value: task.result.latency.p50 * 1e6 / CALLS };
}

async function moduleOf(
  name: ContestantName,
): Promise<Pick<typeof net, "Socket" | "connect" | "isIP">> {
  if (name === "builtin") return await import("node:net");
  const isonet: unknown = await import("../../mod.ts");
  return isonet as typeof net;
}

/** Emits a chunk on a socket of this package, as its adapter does. */
async function socketEmitter(chunk: Uint8Array): Promise<() => void> {
  const { connect } = await moduleOf("isonet");
  const { adapter, sink } = createStillAdapter();
  const options = { path: "/still", adapter };
  const socket = connect(options).on("data", count);
  await once(socket, "connect");
  const connection = sink();
  return () => connection.onRead(chunk);
}

async function streamEmitter(chunk: Uint8Array): Promise<() => void> {
  const stream = new Duplex({ read() {} }).on("data", count);
  await new Promise((resolve) => setImmediate(resolve));
  return () => {
    stream.push(chunk);
  };
}

let emitted = 0;
function count(): void {
  emitted++;
}

const base = { unit: "ns", better: "lower", inTurnsOnly: true } as const;

const newSocket: Scenario = {
  ...base,
  name: "micro-socket",
  title: "micro: new Socket()",
  contestants: ["isonet", "builtin"],
  async run(name, scale) {
    const { Socket } = await moduleOf(name);
    return await measure(() => new Socket(), scale);
  },
};

const emitChunk: Scenario = {
  ...base,
  name: "micro-chunk",
  title: "micro: a chunk to 'data'",
  contestants: ["isonet", "raw"],
  async run(name, scale) {
    const chunk = new Uint8Array(64);
    const emit = name === "isonet"
      ? await socketEmitter(chunk)
      : await streamEmitter(chunk);
    emitted = 0;
    let calls = 0;
    const measured = await measure(() => {
      calls++;
      emit();
    }, scale);
    if (emitted !== calls) throw new Error(`${emitted} of ${calls} emitted`);
    return measured;
  },
};

const ADDRESSES: readonly [text: string, version: number][] = [
  ["192.0.2.17", 4],
  ["2001:db8::8:800:200c:417a", 6],
  ["::ffff:192.0.2.128", 6],
  ["fe80::1%eth0", 6],
  ["db.example.org", 0],
];

const isIP: Scenario = {
  ...base,
  name: "micro-is-ip",
  title: "micro: isIP()",
  contestants: ["isonet", "builtin"],
  async run(name, scale) {
    const { isIP } = await moduleOf(name);
    let i = 0;
    return await measure(() => {
      const [text, version] = ADDRESSES[i++ % ADDRESSES.length]!;
      if (isIP(text) !== version) throw new Error(`isIP("${text}")`);
    }, scale);
  },
};

export const scenarios: readonly Scenario[] = [newSocket, emitChunk, isIP];
