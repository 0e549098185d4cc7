/**
 * The MQTT broker `aedes`.
 *
 *     mqtt_broker.ts tcp
 *     mqtt_broker.ts unix FOLDER
 *
 * @module
 */
import { Aedes } from "aedes";
import * as net from "../mod.ts";
import { serve } from "./listen.ts";

const broker = await Aedes.createBroker();
await serve(
  { mqtt: () => net.createServer(broker.handle) },
  () => broker.close(),
);
