/**
 * Compares `isIP`, `BlockList` and `SocketAddress` with the runtime's own.
 *
 *     deno run -A bench/block_list_bench.ts
 *     bun bench/block_list_bench.ts
 *     node bench/block_list_bench.ts        Node 22.18 and later
 *
 * The arguments choose among `isip`, `check`, `scale` and `build`. Rates are
 * medians of five rounds, in which both sides take turns. A ratio above 1 means
 * that this package is faster.
 *
 * @module
 */
import * as own from "node:net";
import process from "node:process";
import { Bench } from "tinybench";
import { BlockList } from "../polyfills/block_list/block_list.ts";
import { type IPVersion, isIP } from "../polyfills/address/ip.ts";

/** What the package and the runtime have in common. */
type List = Pick<
  BlockList,
  "addAddress" | "addRange" | "addSubnet" | "check"
>;

type Kind = "address" | "subnet" | "range" | "mixed";

interface Query {
  readonly address: string;
  readonly family: IPVersion;
}

const ROUNDS = 5;
/** Calls in one sample: so many that reading the clock does not matter. */
const CALLS = 200;

const chosen = process.argv.slice(2);
const isChosen = (name: string) => chosen.length === 0 || chosen.includes(name);

/** A small generator of pseudo-random numbers, the same in each run. */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = (t + Math.imul(t ^ t >>> 7, 61 | t)) ^ t;
    return (t ^ t >>> 14) >>> 0;
  };
}

function ipv4(word: number): string {
  return [word >>> 24, word >>> 16 & 255, word >>> 8 & 255, word & 255]
    .join(".");
}

/** An address within 2000::/8 with the given last word. */
function ipv6(random: () => number, word: number): string {
  const groups = [0x2000 | random() & 0xff];
  for (let i = 1; i < 6; i++) groups.push(random() & 0xffff);
  groups.push(word >>> 16, word & 0xffff);
  return groups.map((group) => group.toString(16)).join(":");
}

/** Fills a list with `count` rules. Returns an address that matches each. */
function fill(
  list: List,
  kind: Kind,
  count: number,
  family: IPVersion | "both",
): Query[] {
  const random = generator(count);
  const covered: Query[] = [];
  for (let i = 0; i < count; i++) {
    const version = family === "both"
      ? (i % 4 === 3 ? "ipv6" : "ipv4")
      : family;
    const low = (random() & ~0x3ff) >>> 0;
    const seed = random();
    const at = (word: number) =>
      version === "ipv4" ? ipv4(word) : ipv6(generator(seed), word);
    const rule = kind === "mixed"
      ? (["address", "subnet", "range"] as const)[i % 3]
      : kind;
    const start = at(low);
    if (rule === "address") list.addAddress(start, version);
    else if (rule === "subnet") {
      list.addSubnet(start, version === "ipv4" ? 24 : 120, version);
    } else list.addRange(start, at(low + 1 + random() % 0x3fe), version);
    covered.push({ address: start, family: version });
  }
  return covered;
}

/** A new string, like that of an address that was just received. */
function fresh(text: string): string {
  return String.fromCharCode(...Array.from(text, (c) => c.charCodeAt(0)));
}

/**
 * Half of them are hits, the others most likely misses. Their strings are close
 * together in memory. Those that the rules were made from are spread over a
 * hundred megabytes, where reading one would cost as much as a check.
 */
function queries(covered: readonly Query[]): Query[] {
  const random = generator(7);
  return Array.from({ length: 4096 }, (_, i) => {
    const hit = covered[random() % covered.length]!;
    const { family } = hit;
    if (i % 2 === 0) return { address: fresh(hit.address), family };
    const word = random() | 0x3ff;
    const address = family === "ipv4" ? ipv4(word) : ipv6(random, word);
    return { address, family };
  });
}

function checker(list: List, asked: readonly Query[]): () => void {
  let i = 0;
  return () => {
    for (let call = 0; call < CALLS; call++) {
      const { address, family } = asked[i++ & 4095]!;
      list.check(address, family);
    }
  };
}

const median = (values: number[]) =>
  values.sort((a, b) => a - b)[values.length >> 1]!;

/** The median of calls a second for each task. The tasks take turns. */
async function rates(
  tasks: Readonly<Record<string, () => void>>,
): Promise<Record<string, number>> {
  const all: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const bench = new Bench({
      time: 60,
      iterations: 3,
      warmupTime: 20,
      warmupIterations: 1,
      throws: true,
    });
    for (const [name, task] of Object.entries(tasks)) bench.add(name, task);
    await bench.run();
    for (const { name, result } of bench.tasks) {
      if (result.state !== "completed") continue;
      (all[name] ??= []).push(CALLS * 1000 / result.latency.p50);
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, values]) => [name, median(values)]),
  );
}

const count = (rate: number) => Math.round(rate).toLocaleString("en-US");

function report(what: string, { ours, theirs }: Record<string, number>): void {
  const line = `${what.padEnd(26)} ${count(ours!).padStart(12)}/s`;
  console.log(
    theirs === undefined
      ? line
      : `${line}  own ${count(theirs).padStart(12)}/s  ratio ${
        (ours! / theirs).toPrecision(3)
      }`,
  );
}

async function benchIsIP(): Promise<void> {
  const random = generator(1);
  const hex = (word: number) => word.toString(16);
  // Many, because the processor's branch prediction would learn a few by heart.
  const sets: Record<string, () => string> = {
    "IPv4": () => ipv4(random()),
    "IPv6": () => ipv6(random, random()),
    "IPv6 with ::": () =>
      `2001:db8:${hex(random() & 0xffff)}::${hex(random() & 0xfff)}`,
    "IPv4-mapped": () => `::ffff:${ipv4(random())}`,
    "names": () => `${hex(random())}.example.org`,
  };
  for (const [name, make] of Object.entries(sets)) {
    const texts = Array.from({ length: 8192 }, make);
    const loop = (test: (text: string) => number) => {
      let i = 0;
      return () => {
        for (let call = 0; call < CALLS; call++) test(texts[i++ & 8191]!);
      };
    };
    report(
      `isIP, ${name}`,
      await rates({ ours: loop(isIP), theirs: loop(own.isIP) }),
    );
  }
}

async function benchCheck(): Promise<void> {
  for (const family of ["ipv4", "ipv6"] as const) {
    for (const kind of ["address", "subnet", "range"] as const) {
      for (const size of [10, 1000, 20_000, 100_000]) {
        const ours = new BlockList();
        const theirs = new own.BlockList();
        const asked = queries(fill(ours, kind, size, family));
        fill(theirs, kind, size, family);
        report(
          `check, ${size} ${family} ${kind}`,
          await rates({
            ours: checker(ours, asked),
            theirs: checker(theirs, asked),
          }),
        );
      }
    }
  }
}

async function benchScale(): Promise<void> {
  for (const family of ["ipv4", "ipv6", "both"] as const) {
    const measured: number[] = [];
    for (const size of [10, 1000, 100_000, 1_000_000]) {
      const list = new BlockList();
      const asked = queries(fill(list, "mixed", size, family));
      const { ours } = await rates({ ours: checker(list, asked) });
      measured.push(ours!);
      report(`check, ${size} ${family} mixed`, { ours: ours! });
    }
    const slower = measured[1]! / measured[3]!;
    console.log(`  1,000,000 rules: ${slower.toPrecision(3)} times slower`);
  }
}

/** Time and memory of a million subnets. */
function build(make: () => List): { seconds: number; megabytes: number } {
  const random = generator(3);
  const networks = Array.from({ length: 1_000_000 }, () => ipv4(random()));
  const list = make();
  const ready = process.memoryUsage().rss;
  const started = performance.now();
  networks.forEach((network, i) => list.addSubnet(network, 16 + i % 17));
  const seconds = (performance.now() - started) / 1000;
  const megabytes = (process.memoryUsage().rss - ready) / 2 ** 20;
  return { seconds, megabytes };
}

function benchBuild(): void {
  const results: number[] = [];
  for (
    const [name, make] of [
      ["ours", () => new BlockList()],
      ["own", () => new own.BlockList()],
    ] as const
  ) {
    const { seconds, megabytes } = build(make);
    results.push(seconds);
    console.log(
      `build, 1,000,000 subnets, ${name}: ${seconds.toFixed(2)} s, ${
        megabytes.toFixed(0)
      } MB`,
    );
  }
  console.log(`  ratio ${(results[1]! / results[0]!).toPrecision(3)}`);
}

if (isChosen("isip")) await benchIsIP();
if (isChosen("check")) await benchCheck();
if (isChosen("scale")) await benchScale();
if (isChosen("build")) benchBuild();
