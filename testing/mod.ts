/**
 * A network in memory that fails on purpose, the same way every time.
 *
 * For tests of programs that use `net`: hosts with addresses of their own,
 * links that are slow or break, time that passes as told. The same seed gives
 * the same run on Deno, Bun and Node.
 *
 * @example Retry after a reset
 * ```ts
 * import { createNetwork } from "@isonet/net/testing";
 * import { once } from "node:events";
 *
 * const network = createNetwork({ seed: 42 });
 * const db = network.host("db"), app = network.host("app");
 * db.net.createServer((socket) => socket.end("hello")).listen(5432);
 *
 * network.link(app, db).on("connect", (attempt) => {
 *   if (attempt.number === 1) attempt.refuse();
 * });
 * await network.run(async () => {
 *   for (let tries = 1; tries < 3; tries++) {
 *     const client = app.net.connect(5432, "db");
 *     try {
 *       const [data] = await once(client, "data");
 *       console.log(String(data), "after", tries, "tries"); // 2 tries
 *     } catch (error) {
 *       console.log(String(error)); // connect ECONNREFUSED 10.0.0.1:5432
 *     }
 *   }
 * });
 * ```
 *
 * @module
 */
export type { SimulatedTimer, Timers } from "./clock/timers.ts";
export type { Random } from "./clock/random.ts";
export {
  type Exploration,
  explore,
  ExploreError,
  type ExploreOptions,
  type Scenario,
} from "./explore/explore.ts";
export type { FaultKind, PlannedFault } from "./explore/plan.ts";
export { HangError } from "./hang.ts";
export type { Host } from "./host/host.ts";
export type {
  SimulatedConnect,
  SimulatedCreateServer,
  SimulatedListener,
  SimulatedNet,
  SimulatedSocket,
} from "./host/net.ts";
export { install } from "./install.ts";
export type { LinkAttempt } from "./link/attempt.ts";
export type { ConnectListener, Link } from "./link/link.ts";
export type { LinkSettings } from "./link/settings.ts";
export {
  createNetwork,
  type FollowOptions,
  type HostOptions,
  type Network,
  type NetworkOptions,
  type RunOptions,
} from "./network.ts";
export type {
  Direction,
  FaultActions,
  Faults,
  HandleOwner,
} from "./tcp/faults.ts";
export type { Side } from "./tcp/wire.ts";
export { type ChartLibrary, renderSvg } from "./trace/svg.ts";
export { renderText } from "./trace/text.ts";
export type { TraceEntry, TracePlace } from "./trace/entry.ts";
export type { Trace } from "./trace/trace.ts";
