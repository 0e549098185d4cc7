/**
 * Messages of 64 B, each sent when the reply to the previous one has arrived:
 * over one connection, over 200 at once, and the cost of a message with 10 to
 * 5,000.
 *
 * @module
 */
import { Exchange } from "../checks.ts";
import type { Client, Contestant } from "../contestants/contestant.ts";
import { contestantOf } from "../contestants/select.ts";
import {
  ALL,
  ALL_AND_BARE,
  ANY_PORT,
  closeAll,
  connectMany,
  type Measurement,
  scaled,
  type Scenario,
  timed,
} from "./scenario.ts";

const SIZE = 64;
const MESSAGES = 200_000;
const LEAST_MESSAGES = 2_000;

async function exchangeAll(
  clients: readonly Client[],
  times: number,
): Promise<void> {
  await Promise.all(
    clients.map((client) => client.exchange(new Exchange(SIZE, times))),
  );
}

/** @returns Messages a second, all connections together. */
export async function exchangeMessages(
  contestant: Contestant,
  scale: number,
  connections: number,
): Promise<Measurement> {
  const service = await contestant.echo(ANY_PORT);
  const clients = await connectMany(contestant, service.address, connections);
  const messages = scaled(MESSAGES, scale, LEAST_MESSAGES);
  const times = Math.max(4, Math.ceil(messages / connections));
  await exchangeAll(clients, Math.ceil(times / 10));
  const { seconds, cpu } = await timed(() => exchangeAll(clients, times));
  await closeAll(clients);
  service.close();
  return { value: connections * times / seconds, cpu };
}

const pingPong = [1, 200].map((connections): Scenario => ({
  name: `ping-pong-${connections}`,
  title: connections === 1
    ? "ping-pong, 1 connection"
    : `ping-pong, ${connections} connections`,
  unit: "messages/s",
  better: "higher",
  contestants: ALL_AND_BARE,
  run: async (name, scale) =>
    await exchangeMessages(await contestantOf(name), scale, connections),
}));

const cost = [10, 100, 1000, 5000].map((connections): Scenario => ({
  name: `message-cost-${connections}`,
  title: `cost of a message, ${
    connections.toLocaleString("en-US")
  } connections`,
  unit: "µs",
  better: "lower",
  contestants: ALL,
  async run(name, scale) {
    const contestant = await contestantOf(name);
    const { value, cpu } = await exchangeMessages(
      contestant,
      scale,
      connections,
    );
    return { value: 1e6 / value, cpu: cpu! };
  },
}));

export const scenarios: readonly Scenario[] = [...pingPong, ...cost];
