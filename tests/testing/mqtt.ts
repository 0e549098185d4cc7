/**
 * An MQTT broker and its clients in a simulated network: packages that know
 * nothing of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Aedes } from "aedes";
import mqtt from "mqtt";
import {
  explore,
  type FaultKind,
  type Host,
  type Network,
} from "../../testing/mod.ts";

const PORT = 1883;
const MESSAGES = 8;
/** Milliseconds between two looks at whether all is done. */
const PAUSE = 1000;
/** Milliseconds within which everything is there, whatever the network does. */
const LIMIT = 1_800_000;

/** What breaks a connection, and what only slows it. */
const FAULTS: readonly FaultKind[] = [
  "fragment",
  "slow",
  "reset",
  "partition",
  "refuse",
];

function connect(host: Host, clientId: string): mqtt.MqttClient {
  const client = new mqtt.MqttClient(() => host.net.connect(PORT, "broker"), {
    clientId,
    clean: false,
    protocolVersion: 4,
    keepalive: 20,
    reconnectPeriod: 1000,
    connectTimeout: 30_000,
  });
  // Connecting again is its own business.
  client.on("error", () => {});
  return client;
}

/** What does not hold with these versions of the packages, and `explore` finds. */
export interface Trust {
  /**
   * Rely on what `subscribe` says. Once a connection has broken before the
   * answer, the next call succeeds at once, with an empty list and nothing sent
   * (mqtt 5.16.0): https://github.com/mqttjs/MQTT.js/issues/850,
   * https://github.com/mqttjs/MQTT.js/issues/1102
   */
  subscribe?: boolean;
  /**
   * Rely on the DUP flag of what is sent again. Neither the client
   * (mqtt 5.16.0, https://github.com/mqttjs/MQTT.js/issues/692) nor the broker (aedes 1.2.0,
   * https://github.com/moscajs/aedes/issues/601) sets it.
   */
  dup?: boolean;
}

/** Subscribe, and wait until the broker knows. */
async function subscribe(
  network: Network,
  broker: Aedes,
  client: mqtt.MqttClient,
  trust: Trust,
): Promise<void> {
  const known = new Promise<void>((resolve) => {
    broker.once("subscribe", () => resolve());
  });
  const ask = () =>
    client.subscribeAsync("news/#", { qos: 1 }).catch(() => undefined);
  while (!await ask()) await network.advance(PAUSE);
  if (!trust.subscribe) await known;
}

/** One publisher, one subscriber, messages of QoS 1. */
async function exchange(network: Network, trust: Trust): Promise<void> {
  const broker = await Aedes.createBroker();
  const server = network.host("broker").net.createServer(broker.handle);
  server.listen(PORT);
  // The second delivery of a message has to say that it is one.
  const unmarked: string[] = [];
  const published = new Map<string, number>();
  broker.on("publish", (packet, client) => {
    if (client === null) return;
    const text = String(packet.payload);
    const times = (published.get(text) ?? 0) + 1;
    published.set(text, times);
    if (times > 1 && !packet.dup) unmarked.push(`${text}, to the broker`);
  });
  const subscriber = connect(network.host("reader"), "reader");
  const publisher = connect(network.host("writer"), "writer");
  const received = new Map<string, number>();
  subscriber.on("message", (_topic, payload, packet) => {
    const text = String(payload);
    const times = (received.get(text) ?? 0) + 1;
    received.set(text, times);
    // What the broker has taken twice, it may hand on twice.
    if (times > published.get(text)! && !packet.dup) {
      unmarked.push(`${text}, to the subscriber`);
    }
  });
  await subscribe(network, broker, subscriber, trust);
  const acknowledged: string[] = [];
  const sent = Array.from({ length: MESSAGES }, async (_, i) => {
    const text = `message ${i}`;
    await network.advance(i * PAUSE);
    await publisher.publishAsync("news/today", text, { qos: 1 });
    acknowledged.push(text);
  });
  const all = Promise.all(sent);
  const isDone = () =>
    acknowledged.length === MESSAGES && received.size === MESSAGES &&
    subscriber.connected && publisher.connected;
  const end = network.now + LIMIT;
  while (!isDone() && network.now < end) await network.advance(PAUSE);
  const lost = acknowledged.filter((text) => !received.has(text));
  assert.deepEqual(lost, [], "acknowledged, and lost");
  assert.equal(acknowledged.length, MESSAGES, "not every message was taken");
  assert.ok(subscriber.connected && publisher.connected, "nobody reconnects");
  if (trust.dup) assert.deepEqual(unmarked, [], "again, without the DUP flag");
  await all;
  await Promise.all([subscriber.endAsync(true), publisher.endAsync(true)]);
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
}

/** Exchange messages under so many seeds of faults. */
export async function exploreMqtt(
  seeds: number,
  trust: Trust = {},
): Promise<void> {
  await explore(
    { seeds, faults: FAULTS, most: 6, patience: 200 },
    (network) => exchange(network, trust),
  );
}
