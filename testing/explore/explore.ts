/**
 * Runs a scenario under random faults, until one makes it fail.
 *
 * @module
 */
import process from "node:process";
import { Random } from "../clock/random.ts";
import { Network } from "../network.ts";
import { renderText } from "../trace/text.ts";
import type { Trace } from "../trace/trace.ts";
import {
  applyPlan,
  describeFault,
  FAULT_KINDS,
  type FaultKind,
  planFaults,
  type PlannedFault,
} from "./plan.ts";

/** Options of {@linkcode explore}. */
export interface ExploreOptions {
  /** How many seeds to try, from 1 on; or which. Default 100. */
  seeds?: number | readonly number[] | undefined;
  /** Kinds of faults. Default: every kind there is. */
  faults?: readonly FaultKind[] | undefined;
  /** Most faults at a time. Default 4. */
  most?: number | undefined;
  /** Virtual milliseconds after which a run counts as hanging. Default 1 h. */
  limit?: number | undefined;
  /** Real milliseconds, see `network.run`. Default 20. */
  patience?: number | undefined;
  /**
   * Whether `setTimeout` and its like are the network's while a scenario runs
   * (see {@linkcode Timers.install}). Default `true`.
   */
  timers?: boolean | undefined;
  /**
   * Whether a scenario fails for what it leaves behind: timers that are pending
   * when it is over; connections, attempts and listeners that are open once
   * nothing is left to do. Default `true`.
   */
  leaks?: boolean | undefined;
}

/** What is tested: makes its hosts in the network, fails by an exception. */
export type Scenario = (network: Network) => unknown;

/** What {@linkcode explore} has done. */
export interface Exploration {
  /** How many seeds it has tried. */
  readonly seeds: number;
}

/** A scenario fails. Its `cause` is what the scenario failed with. */
export class ExploreError extends Error {
  /** `"ExploreError"` */
  override readonly name = "ExploreError";
  /** The seed that made it fail. */
  readonly seed: number;
  /** The faults that it takes. */
  readonly faults: readonly PlannedFault[];
  /** What happened in the smallest run that fails. */
  readonly trace: Trace;

  /** Made by {@linkcode explore}. */
  constructor(seed: number, all: number, failure: Failure) {
    const { error, plan, trace } = failure;
    const list = plan.map((fault) => `\n  - ${describeFault(fault)}`).join("");
    const rest = trace.entries.slice(-LAST_ENTRIES);
    super(
      `seed ${seed} fails: ${
        error instanceof Error ? error.message : error
      }\n` +
        `It takes ${plan.length || "none"} of its ${all} faults${list}\n` +
        `Again: explore({ seeds: [${seed}] }, ...)\n` +
        `The end of what happened:\n${renderText(rest)}`,
      { cause: error },
    );
    this.seed = seed;
    this.faults = plan;
    this.trace = trace;
  }
}

/** Entries of a trace that a message shows. */
const LAST_ENTRIES = 30;

/** A run that failed. */
interface Failure {
  readonly error: unknown;
  readonly plan: readonly PlannedFault[];
  readonly trace: Trace;
}

type Settings = Required<Omit<ExploreOptions, "seeds">>;

/** What no listener and no promise has caught, for as long as it lasts. */
function catchStrays(): { error: Promise<never>; end: () => void } {
  let fail!: (error: unknown) => void;
  const error = new Promise<never>((_, reject) => fail = reject);
  error.catch(() => {});
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  return {
    error,
    end() {
      process.off("uncaughtException", fail);
      process.off("unhandledRejection", fail);
    },
  };
}

/** Run a scenario once. */
async function runOnce(
  seed: number,
  plan: readonly PlannedFault[],
  scenario: Scenario,
  { limit, patience, timers, leaks }: Settings,
): Promise<Failure | undefined> {
  const network = new Network({ seed });
  applyPlan(network, plan);
  const strays = catchStrays();
  const restore = timers ? network.timers.install() : () => {};
  let left: string[] = [];
  try {
    await network.run(async () => {
      await Promise.race([scenario(network), strays.error]);
      // What the last events set off.
      await network.advance(1);
      left = network.timers.pending();
    }, { limit, patience });
    const open = new Set([...left, ...network.open()]);
    if (leaks && open.size > 0) {
      throw new Error(`left behind: ${[...open].join("; ")}`);
    }
    return undefined;
  } catch (error) {
    return { error, plan, trace: network.trace };
  } finally {
    restore();
    strays.end();
  }
}

/** Leave out the faults that it fails without. */
async function shrink(
  failure: Failure,
  again: (plan: readonly PlannedFault[]) => Promise<Failure | undefined>,
): Promise<Failure> {
  let smallest = failure;
  for (let i = failure.plan.length - 1; i >= 0; i--) {
    const fewer = smallest.plan.filter((_, place) => place !== i);
    smallest = await again(fewer) ?? smallest;
  }
  return smallest;
}

/**
 * Run a scenario under random faults: each seed stands for some of them. The
 * first seed that makes it fail is run again with fewer and fewer faults.
 *
 * @param options See {@linkcode ExploreOptions}.
 * @param scenario Makes its hosts, and resolves when it is done. Rejecting,
 * hanging and leaving something behind are failures.
 * @throws {ExploreError} Rejects with the smallest failing run: its seed, its
 * faults, the end of its trace.
 *
 * @example A client that asks again when the connection breaks
 * ```ts
 * import { explore } from "@isonet/net/testing";
 * import { once } from "node:events";
 *
 * const faults = ["fragment", "slow", "refuse", "reset"] as const;
 * await explore({ seeds: 20, faults }, async (network) => {
 *   const [app, db] = [network.host("app"), network.host("db")];
 *   const server = db.net.createServer((socket) => {
 *     socket.on("error", () => {}).end("hello\n");
 *   }).listen(5432);
 *   let answer = "";
 *   while (!answer.endsWith("\n")) {
 *     answer = "";
 *     const client = app.net.connect(5432, "db").setEncoding("utf8");
 *     client.on("data", (text) => answer += text);
 *     await once(client, "close").catch(() => {});
 *   }
 *   server.close();
 * });
 * ```
 */
export async function explore(
  options: ExploreOptions,
  scenario: Scenario,
): Promise<Exploration> {
  const { seeds = 100 } = options;
  const settings: Settings = {
    faults: options.faults ?? FAULT_KINDS,
    most: options.most ?? 4,
    limit: options.limit ?? 3_600_000,
    patience: options.patience ?? 20,
    timers: options.timers ?? true,
    leaks: options.leaks ?? true,
  };
  const list = typeof seeds === "number"
    ? Array.from({ length: seeds }, (_, i) => i + 1)
    : seeds;
  for (const seed of list) {
    const random = new Random(seed).fork("faults");
    const plan = planFaults(random, settings.faults, settings.most);
    const again = (faults: readonly PlannedFault[]) =>
      runOnce(seed, faults, scenario, settings);
    const failure = await again(plan);
    if (!failure) continue;
    throw new ExploreError(seed, plan.length, await shrink(failure, again));
  }
  return { seeds: list.length };
}
