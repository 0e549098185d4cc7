/**
 * Resident memory of both ends of a connection that has exchanged one message
 * and is idle since.
 *
 * @module
 */
import process from "node:process";
import { Exchange } from "../checks.ts";
import type { Contestant, Service } from "../contestants/contestant.ts";
import type { Client } from "../contestants/contestant.ts";
import { contestantOf } from "../contestants/select.ts";
import { collectGarbage } from "../runtime.ts";
import {
  ALL_AND_BARE,
  ANY_PORT,
  closeAll,
  connectMany,
  scaled,
  type Scenario,
} from "./scenario.ts";

const CONNECTIONS = 5_000;
const LEAST = 500;
const WARM_UP = 50;

async function resident(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    collectGarbage();
  }
  return process.memoryUsage().rss;
}

async function open(
  contestant: Contestant,
  service: Service,
  count: number,
): Promise<Client[]> {
  const clients = await connectMany(contestant, service.address, count);
  await Promise.all(
    clients.map((client) => client.exchange(new Exchange(64, 1))),
  );
  return clients;
}

const idle: Scenario = {
  name: "idle",
  title: "memory of an idle connection",
  unit: "KiB",
  better: "lower",
  contestants: ALL_AND_BARE,
  inTurnsOnly: true,
  async run(name, scale) {
    const contestant = await contestantOf(name);
    const service = await contestant.echo(ANY_PORT);
    const count = scaled(CONNECTIONS, scale, LEAST);
    const first = await open(contestant, service, WARM_UP);
    const before = await resident();
    const clients = await open(contestant, service, count);
    const after = await resident();
    await closeAll([...first, ...clients]);
    service.close();
    return { value: (after - before) / count / 1024 };
  },
};

export const scenarios: readonly Scenario[] = [idle];
