/** Every scenario, by topic; a topic is a file here and one in `traces/`. */
import type { Scenario } from "../scenario.ts";
import { scenarios as closeOrders } from "./close_orders.ts";
import { scenarios as connectErrors } from "./connect_errors.ts";
import { scenarios as connecting } from "./connecting.ts";
import { scenarios as destroy } from "./destroy.ts";
import { scenarios as drops } from "./drops.ts";
import { scenarios as family } from "./family.ts";
import { scenarios as flow } from "./flow.ts";
import { scenarios as listenErrors } from "./listen_errors.ts";
import { scenarios as lookup } from "./lookup.ts";
import { scenarios as readyState } from "./ready_state.ts";
import { scenarios as reconnect } from "./reconnect.ts";
import { scenarios as rejections } from "./rejections.ts";
import { scenarios as reset } from "./reset.ts";
import { scenarios as servers } from "./servers.ts";
import { scenarios as signals } from "./signals.ts";
import { scenarios as timeouts } from "./timeouts.ts";
import { scenarios as writes } from "./writes.ts";

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
