/**
 * Publishes through a broker and receives what it has published, with the
 * client `mqtt`.
 *
 *     mqtt_client.ts '{"mqtt":{"port":1883,"host":"127.0.0.1"}}'
 *
 * @module
 */
import mqtt from "mqtt";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import * as net from "../mod.ts";
import { blocks } from "./data.ts";
import { play } from "./report.ts";
import type { Target } from "./scenarios.ts";

const MESSAGES = 100;
const LARGE = 1024 * 1024;

function connect(target: Target): Promise<mqtt.MqttClient> {
  const client = new mqtt.MqttClient(() => net.connect(target), {
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve(client));
    client.once("error", reject);
  });
}

/** Many small messages in order, then a large one. */
async function exchange(target: Target): Promise<void> {
  const subscriber = await connect(target);
  const publisher = await connect(target);
  const received: Uint8Array[] = [];
  const all = new Promise<void>((resolve) => {
    subscriber.on("message", (_topic, payload) => {
      if (received.push(payload) > MESSAGES) resolve();
    });
  });
  await subscriber.subscribeAsync("isonet/#", { qos: 1 });
  const large = Buffer.concat([...blocks(3, LARGE)]);
  for (let i = 0; i < MESSAGES; i++) {
    await publisher.publishAsync("isonet/small", `message ${i}`, { qos: 1 });
  }
  await publisher.publishAsync("isonet/large", large, { qos: 1 });
  await all;
  const last = received.pop();
  received.forEach((m, i) => assert.equal(String(m), `message ${i}`));
  assert.ok(last && large.equals(last), "the large message");
  await Promise.all([subscriber.endAsync(), publisher.endAsync()]);
}

await play({ mqtt: exchange });
