/** Every scenario, by topic; a topic is a file here and one in `traces/`. */
import type { Scenario } from "../scenario.ts";
import { scenarios as closeOrders } from "./close_orders.ts";
import { scenarios as destroy } from "./destroy.ts";
import { scenarios as readyState } from "./ready_state.ts";
import { scenarios as writes } from "./writes.ts";

/** The scenarios of each topic, by the topic's name. */
export const topics: Readonly<Record<string, readonly Scenario[]>> = {
  close_orders: closeOrders,
  destroy,
  ready_state: readyState,
  writes,
};
