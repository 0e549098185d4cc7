/**
 * The interface of a scenario, and helpers for several of them.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type {
  Address,
  Client,
  Contestant,
  ContestantName,
} from "../contestants/contestant.ts";

/** The result of one round of one contestant. */
export interface Measurement {
  /** The measured value, in the unit of the scenario. */
  readonly value: number;
  /** Processor time of the measured part, in seconds. */
  readonly cpu?: number;
}

/** One line of the report. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly contestants: readonly ContestantName[];
  /** Whether its processor time is not worth a run on the shared core. */
  readonly inTurnsOnly?: boolean;
  /**
   * Measures once, in this process. Throws if the wrong data arrived.
   *
   * @param contestant Who takes part; nothing of it is loaded yet.
   * @param scale 1 is the full size.
   */
  run(contestant: ContestantName, scale: number): Promise<Measurement>;
}

/** The contestants that do everything a program needs. */
export const ALL: readonly ContestantName[] = ["isonet", "builtin", "raw"];

/** With the bare stream, for scenarios that the cost of a stream decides. */
export const ALL_AND_BARE: readonly ContestantName[] = [...ALL, "bare"];

/** Any port. */
export const ANY_PORT: Address = { port: 0 };

/** A part of the full size, but not less than a minimum. */
export function scaled(full: number, scale: number, least: number): number {
  return Math.max(Math.ceil(full * scale), least);
}

/** A path for a Unix domain socket, removed when the process ends. */
export function unixPath(): Address {
  const path = join(tmpdir(), `isonet-bench-${process.pid}.sock`);
  process.on("exit", () => rmSync(path, { force: true }));
  return { path };
}

/**
 * Measures the time of some work, by the clock and on the processor, in
 * seconds.
 */
export async function timed(
  work: () => Promise<unknown>,
): Promise<{ seconds: number; cpu: number }> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await work();
  const seconds = (performance.now() - before) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpu: (user + system) / 1e6 };
}

/** Does a job a number of times, a few at a time. */
export async function repeat(
  times: number,
  atATime: number,
  job: () => Promise<void>,
): Promise<void> {
  let left = times;
  const work = async () => {
    while (left-- > 0) await job();
  };
  await Promise.all(Array.from({ length: atATime }, work));
}

/** Opens many connections. */
export async function connectMany(
  contestant: Contestant,
  to: Address,
  count: number,
): Promise<Client[]> {
  const clients: Client[] = [];
  await repeat(count, 64, async () => {
    clients.push(await contestant.connect(to));
  });
  return clients;
}

/** Closes many connections. */
export async function closeAll(clients: readonly Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
