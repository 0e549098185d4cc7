/**
 * One connection moves a lot of data: large writes with backpressure, many
 * small ones, text, and all of it through a proxy.
 *
 * @module
 */
import {
  assertSame,
  ByteCheck,
  expected,
  makeChunks,
  makeLines,
  TextCheck,
} from "../checks.ts";
import type { ByteJob, Contestant, Job } from "../contestants/contestant.ts";
import { contestantOf } from "../contestants/select.ts";
import {
  ALL,
  ANY_PORT,
  type Measurement,
  scaled,
  type Scenario,
  timed,
} from "./scenario.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The part of the work that is done before, without being measured. */
const WARM_UP = 0.05;

/**
 * Moves the bytes or text of a job from a server to a client that checks them.
 */
async function transfer(
  contestant: Contestant,
  job: Job,
  throughProxy: boolean,
): Promise<{ seconds: number; cpu: number }> {
  const source = await contestant.source(ANY_PORT, job);
  const proxy = throughProxy
    ? await contestant.proxy(ANY_PORT, source.address)
    : undefined;
  const { address } = proxy ?? source;
  const got = job.kind === "text" ? new TextCheck() : new ByteCheck();
  const took = await timed(async () => {
    const client = await contestant.connect(address);
    if (got instanceof TextCheck) await client.readText(got.add);
    else await client.read(got.add);
  });
  assertSame(
    got,
    job.kind === "text"
      ? expected(new TextCheck(), job.lines, job.count)
      : expected(new ByteCheck(), job.chunks, job.count),
  );
  source.close();
  proxy?.close();
  return took;
}

/** What a transfer consists of. */
export interface Transfer {
  /** What one write counts for in the unit. */
  readonly worth: number;
  /** The full number of writes. */
  readonly count: number;
  readonly throughProxy?: boolean;
  job(count: number): Job;
}

/** @returns Units a second, of a transfer after a small one. */
export async function measureTransfer(
  contestant: Contestant,
  of: Transfer,
  scale: number,
): Promise<Measurement> {
  const throughProxy = of.throughProxy ?? false;
  const count = scaled(of.count, scale, 32);
  const warmUp = scaled(count, WARM_UP, 16);
  await transfer(contestant, of.job(warmUp), throughProxy);
  const { seconds, cpu } = await transfer(
    contestant,
    of.job(count),
    throughProxy,
  );
  return { value: count * of.worth / seconds, cpu };
}

type TransferScenario =
  & Pick<Scenario, "name" | "title" | "unit">
  & Transfer;

function scenario(of: TransferScenario): Scenario {
  const { name, title, unit } = of;
  return {
    ...{ name, title, unit },
    better: "higher",
    contestants: ALL,
    run: async (name, scale) =>
      await measureTransfer(await contestantOf(name), of, scale),
  };
}

/** A job of writes of one size. */
export function bytes(
  size: number,
  options: Partial<Pick<ByteJob, "cork" | "wait">> = {},
): (count: number) => ByteJob {
  const chunks = makeChunks(size);
  return (count) => ({
    kind: "bytes",
    chunks,
    count,
    cork: 1,
    wait: true,
    ...options,
  });
}

const bulk = [16 * KIB, 64 * KIB, MIB].map((size) => {
  const label = size === MIB ? "1 MiB" : `${size / KIB} KiB`;
  return scenario({
    name: `bulk-${label.replace(" ", "").replace("iB", "").toLowerCase()}`,
    title: `bulk, writes of ${label}`,
    unit: "MiB/s",
    worth: size / MIB,
    count: 4 * GIB / size,
    job: bytes(size),
  });
});

export const scenarios: readonly Scenario[] = [
  ...bulk,
  scenario({
    name: "small-writes",
    title: "small writes, 32 B",
    unit: "writes/s",
    worth: 1,
    count: 2_000_000,
    job: bytes(32, { wait: false }),
  }),
  scenario({
    name: "small-writes-corked",
    title: "small writes, corked in hundreds",
    unit: "writes/s",
    worth: 1,
    count: 2_000_000,
    job: bytes(32, { wait: false, cork: 100 }),
  }),
  scenario({
    name: "pipe",
    title: "pipe, a proxy",
    unit: "MiB/s",
    worth: 64 * KIB / MIB,
    count: 2 * GIB / (64 * KIB),
    throughProxy: true,
    job: bytes(64 * KIB),
  }),
  scenario({
    name: "strings",
    title: "strings, lines of 80 characters",
    unit: "lines/s",
    worth: 1,
    count: 2_000_000,
    job: (count) => ({ kind: "text", lines: makeLines(), count }),
  }),
];
