/**
 * Short connections: connect, exchange one message, close; 16 at a time. Also
 * how much the heap has grown after 100,000 of them.
 *
 * @module
 */
import process from "node:process";
import { Exchange } from "../checks.ts";
import type { Address, Contestant } from "../contestants/contestant.ts";
import { contestantOf } from "../contestants/select.ts";
import { collectGarbage } from "../runtime.ts";
import {
  ALL,
  ALL_AND_BARE,
  ANY_PORT,
  type Measurement,
  repeat,
  scaled,
  type Scenario,
  timed,
  unixPath,
} from "./scenario.ts";

const SIZE = 64;
const AT_A_TIME = 16;
const CONNECTIONS = 20_000;
const CHURN = 100_000;
const LEAST = 200;

async function visit(contestant: Contestant, to: Address): Promise<void> {
  const client = await contestant.connect(to);
  await client.exchange(new Exchange(SIZE, 1));
  await client.close();
}

function visitMany(
  contestant: Contestant,
  to: Address,
  count: number,
): Promise<void> {
  return repeat(count, AT_A_TIME, () => visit(contestant, to));
}

/** @returns Connections a second, each with one message and closed again. */
export async function connectAndClose(
  contestant: Contestant,
  on: Address,
  count: number,
): Promise<Measurement> {
  const service = await contestant.echo(on);
  await visitMany(contestant, service.address, Math.ceil(count / 10));
  const { seconds, cpu } = await timed(() =>
    visitMany(contestant, service.address, count)
  );
  service.close();
  return { value: count / seconds, cpu };
}

function connect(
  name: string,
  title: string,
  on: () => Address,
): Scenario {
  return {
    name,
    title,
    unit: "connections/s",
    better: "higher",
    contestants: ALL_AND_BARE,
    async run(name, scale) {
      const count = scaled(CONNECTIONS, scale, LEAST);
      return await connectAndClose(await contestantOf(name), on(), count);
    },
  };
}

/** Bytes on the heap once nothing more can be collected. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    // A closed connection frees its memory in later turns.
    await new Promise((resolve) => setTimeout(resolve, 50));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

const churn: Scenario = {
  name: "heap-growth",
  title: "heap growth, 100,000 connections",
  unit: "B/connection",
  better: "lower",
  contestants: ALL,
  inTurnsOnly: true,
  async run(name, scale) {
    const contestant = await contestantOf(name);
    const service = await contestant.echo(ANY_PORT);
    const count = scaled(CHURN, scale, LEAST);
    await visitMany(contestant, service.address, Math.ceil(count / 10));
    const before = await heapUsed();
    await visitMany(contestant, service.address, count);
    const after = await heapUsed();
    service.close();
    return { value: (after - before) / count };
  },
};

export const scenarios: readonly Scenario[] = [
  connect("connect-tcp", "connect and close, TCP", () => ANY_PORT),
  connect("connect-unix", "connect and close, Unix socket", unixPath),
  churn,
];
