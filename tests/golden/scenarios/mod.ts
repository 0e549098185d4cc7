/**
 * Every scenario, by topic. A topic is a file in a folder here, and one in
 * `traces/`.
 */
import type { Scenario } from "../scenario.ts";
import { scenarios as closeOrders } from "./socket/close_orders.ts";
import { scenarios as connectErrors } from "./connect/connect_errors.ts";
import { scenarios as connecting } from "./connect/connecting.ts";
import { scenarios as destroy } from "./socket/destroy.ts";
import { scenarios as drops } from "./server/drops.ts";
import { scenarios as family } from "./connect/family.ts";
import { scenarios as flow } from "./socket/flow.ts";
import { scenarios as listenErrors } from "./server/listen_errors.ts";
import { scenarios as lookup } from "./connect/lookup.ts";
import { scenarios as readyState } from "./socket/ready_state.ts";
import { scenarios as reconnect } from "./connect/reconnect.ts";
import { scenarios as rejections } from "./socket/rejections.ts";
import { scenarios as reset } from "./socket/reset.ts";
import { scenarios as servers } from "./server/servers.ts";
import { scenarios as signals } from "./socket/signals.ts";
import { scenarios as timeouts } from "./socket/timeouts.ts";
import { scenarios as writes } from "./socket/writes.ts";

/** The scenarios of each topic, by the topic's name. */
export const topics: Readonly<Record<string, readonly Scenario[]>> = {
  close_orders: closeOrders,
  connect_errors: connectErrors,
  connecting,
  destroy,
  drops,
  family,
  flow,
  listen_errors: listenErrors,
  lookup,
  ready_state: readyState,
  reconnect,
  rejections,
  reset,
  servers,
  signals,
  timeouts,
  writes,
};
