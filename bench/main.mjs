/**
 * The benchmark: this package next to the runtime's own `node:net`, the
 * runtime's own API and a bare stream over that. Each runs in a fresh process:
 * in turns for the rates, and on a shared core for the processor time.
 *
 *     npm run bench                                 everything, for hours
 *     npm run bench -- --quick                      small sizes, 3 rounds
 *     npm run bench -- --runtime bun,node26         some runtimes
 *     npm run bench -- --scenario ping-pong,pipe    scenarios that begin so
 *
 * @module
 */
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { run } from "../scripts/processes.mjs";
import {
  checkNames,
  findByName,
  findRuntime,
  NODE_NAMES,
  ROOT,
  RUNTIME_NAMES,
} from "../scripts/runtimes.mjs";
import {
  bold,
  CROSS,
  dim,
  elapsed,
  log,
  setStatus,
  TICK,
} from "../scripts/terminal.mjs";
import { drawCharts } from "./charts.mjs";
import { report } from "./report.mjs";
import { machine, packageVersion, writeResults } from "./results.mjs";
import { findSharedCore, pinned } from "./shared_core.mjs";
import { isComparable, ratio } from "./stats.mjs";

/**
 * @typedef {import("../scripts/runtimes.mjs").Runtime} Runtime
 * @typedef {import("./scenarios/scenario.ts").Scenario} Scenario
 * @typedef {import("./stats.mjs").ContestantName} ContestantName
 * @typedef {import("./stats.mjs").Result} Result
 */

const NAMES = [...RUNTIME_NAMES, ...NODE_NAMES];

const HELP = `npm run bench [-- options]

  --runtime <names>    of ${NAMES.join(", ")}
  --scenario <names>   only scenarios whose name begins so
  --rounds <n>         7 if left out, 3 with --quick
  --scale <factor>     part of the full size, 1 if left out
  --quick              --scale 0.05 --rounds 3
  --only <rate|cpu>    rate: only the turns; cpu: only the shared core
  --out <folder>       bench/results; a temporary one with --only, or if the
                       scale is not 1
  --no-build           run what was built before
  --list               list the scenarios`;

const QUICK_SCALE = 0.05;
/** Time limit of one contestant that has the machine for itself. */
const ROUND_SECONDS = 600;
/**
 * glibc returns freed memory to the system whenever the top of the heap happens
 * to be free. The page faults of taking it back used to decide rounds, of any
 * contestant. The first variable prevents that. With it, glibc maps every block
 * above 128 KiB anew, unless the second sets that limit to the highest value
 * that it would otherwise reach by itself.
 */
const ENVIRONMENT = {
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
};
const RESULTS = join(ROOT, "bench", "results");

const { values: options } = parseArgs({
  options: {
    runtime: { type: "string", default: "deno,bun,node" },
    scenario: { type: "string", default: "" },
    rounds: { type: "string" },
    scale: { type: "string" },
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    out: { type: "string" },
    build: { type: "boolean", default: true },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowNegative: true,
});
if (options.help) {
  console.log(HELP);
  process.exit();
}
const names = options.runtime.split(",");
checkNames(names, NAMES);
const { only } = options;
if (only !== undefined && only !== "rate" && only !== "cpu") {
  console.error("--only has to be rate or cpu");
  process.exit(2);
}

const started = Date.now();
let problems = 0;

/**
 * @param {string} text
 * @param {string} [output]
 */
function problem(text, output = "") {
  problems++;
  log(`  ${CROSS} ${text}`);
  if (output) log(output.trimEnd().replaceAll(/^/gm, dim("    │ ")));
}

/**
 * @param {string | undefined} text
 * @param {number} otherwise
 * @param {string} option
 */
function positive(text, otherwise, option) {
  const value = text === undefined ? otherwise : Number(text);
  if (value > 0) return value;
  console.error(`--${option} has to be a number above 0`);
  process.exit(2);
}

const scale = positive(options.scale, options.quick ? QUICK_SCALE : 1, "scale");
const rounds = positive(options.rounds, options.quick ? 3 : 7, "rounds");

if (options.build) {
  setStatus("build");
  const { code, output } = await run(process.execPath, ["scripts/build.mjs"]);
  setStatus("");
  if (code !== 0) {
    problem("the build failed", output);
    process.exit(1);
  }
}

/** @type {{ scenarios: readonly Scenario[] }} */
const { scenarios } = await import(
  new URL("../dist/bench/scenarios/all.js", import.meta.url).href
);
const prefixes = options.scenario.split(",");
const chosen = scenarios.filter(({ name, inTurnsOnly }) =>
  prefixes.some((prefix) => name.startsWith(prefix)) &&
  !(only === "cpu" && inTurnsOnly)
);
if (options.list) {
  for (const { name, title } of scenarios) {
    console.log(`${name.padEnd(22)} ${title}`);
  }
  process.exit();
}
if (chosen.length === 0) {
  const which = only === "cpu" ? "on the shared core " : "";
  console.error(`no scenario ${which}begins with ${options.scenario}`);
  process.exit(2);
}

const shared = only === "rate"
  ? { reason: "--only rate leaves the shared core out" }
  : findSharedCore();

/** @param {Runtime} runtime */
function commandOf({ name }) {
  if (name === "node") return ["--expose-gc", "dist/bench/worker.js"];
  if (name === "bun") return ["bench/worker.ts"];
  return [
    ...["run", "--quiet", "--allow-all", "--no-check"],
    ...["--v8-flags=--expose-gc", "bench/worker.ts"],
  ];
}

/**
 * One round of one contestant.
 *
 * @param {Runtime} runtime
 * @param {Scenario} scenario
 * @param {ContestantName} contestant
 * @param {number} [core] The one that it shares with the other contestants.
 */
async function round(runtime, scenario, contestant, core) {
  const own = [
    ...commandOf(runtime),
    ...[scenario.name, contestant, String(scale)],
  ];
  const isShared = core !== undefined;
  const { command, args } = isShared
    ? pinned(core, runtime.path, own)
    : { command: runtime.path, args: own };
  const { code, stdout, output } = await run(command, args, {
    env: ENVIRONMENT,
    seconds: ROUND_SECONDS * (isShared ? scenario.contestants.length : 1),
  });
  if (code === 0) return JSON.parse(stdout);
  const where = isShared ? `  on the shared core ${core}` : "";
  problem(`${runtime.label}  ${scenario.name}  ${contestant}${where}`, output);
  return {};
}

/**
 * The order of a round: each contestant is the first as often as the others.
 *
 * @param {readonly ContestantName[]} contestants
 * @param {number} i Number of the round.
 */
function orderOf(contestants, i) {
  const first = i % contestants.length;
  return [...contestants.slice(first), ...contestants.slice(0, first)];
}

/**
 * All rounds of one scenario on one runtime.
 *
 * @param {Runtime} runtime
 * @param {Scenario} scenario
 * @param {string} progress
 */
async function measure(runtime, scenario, progress) {
  const { name, title, unit, better, contestants, inTurnsOnly } = scenario;
  const core = "core" in shared && !inTurnsOnly ? shared.core : undefined;
  const isShared = core !== undefined;
  /** @type {Result} */
  const result = {
    ...{ name, title, unit, better, scale },
    version: packageVersion(),
    runtime: runtime.label,
    rounds: {},
    cpuMethod: isShared ? "shared core" : "turns",
    cpu: {},
  };
  /**
   * @param {number} i
   * @param {string} what
   */
  const tell = (i, what) =>
    setStatus(
      `${runtime.label}  ${progress}  ${title}  ` +
        `round ${i + 1}/${rounds}  ${what}`,
    );
  const since = Date.now();
  for (let i = 0; i < rounds; i++) {
    const order = orderOf(contestants, i);
    const turns = only === "cpu" && isShared ? [] : order;
    for (const contestant of turns) {
      tell(i, contestant);
      const { value, cpu } = await round(runtime, scenario, contestant);
      (result.rounds[contestant] ??= [])[i] = value ?? null;
      if (!isShared) (result.cpu[contestant] ??= [])[i] = cpu ?? null;
    }
    if (!isShared) continue;
    tell(i, "all on the shared core");
    const measured = await Promise.all(
      order.map((contestant) => round(runtime, scenario, contestant, core)),
    );
    order.forEach((contestant, at) => {
      (result.cpu[contestant] ??= [])[i] = measured[at].cpu ?? null;
    });
  }
  setStatus("");
  const median = isComparable(result)
    ? ratio(result, "isonet", "builtin")?.median.toFixed(2)
    : undefined;
  const cpu = ratio(result, "isonet", "builtin", "cpu")?.median.toFixed(2);
  log(
    `  ${TICK} ${title}  ${median ? `${median} × node:net  ` : ""}` +
      `${cpu ? `cpu ${cpu}  ` : ""}${dim(elapsed(since))}`,
  );
  return result;
}

/** The size of this package, minified by Bun and compressed. */
async function minifiedSize() {
  const bun = findRuntime("bun");
  if (!("path" in bun)) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "isonet-"));
  const file = join(folder, "mod.js");
  const { code } = await run(bun.path, [
    ...["build", "--minify", "--target=node", `--outfile=${file}`],
    "dist/mod.js",
  ]);
  const text = code === 0 ? readFileSync(file) : undefined;
  rmSync(folder, { recursive: true });
  return text && { bytes: text.length, gzip: gzipSync(text).length };
}

const out = options.out ??
  (scale === 1 && !only
    ? RESULTS
    : await mkdtemp(join(tmpdir(), "isonet-bench-")));
const order = scenarios.map(({ name }) => name);
const minified = chosen.some(({ name }) => name === "import")
  ? await minifiedSize()
  : undefined;

log(dim(
  "core" in shared
    ? `processor time: all contestants at the same time, on core ${shared.core}`
    : `processor time: that of the turns, since ${shared.reason}`,
));
for (const name of names) {
  const runtime = findByName(name);
  if (!("path" in runtime)) {
    problem(runtime.reason);
    continue;
  }
  const major = /^Node (\d+)/.exec(runtime.label)?.[1] ?? "";
  const all = {
    runtime: runtime.label,
    machine: machine(),
    ...minified ? { minified } : {},
  };
  log(`\n${bold(runtime.label)}`);
  /** @type {Result[]} */
  const results = [];
  for (const [i, scenario] of chosen.entries()) {
    const progress = `${i + 1}/${chosen.length}`;
    results.push(await measure(runtime, scenario, progress));
    // Written after each scenario, so that a run that is stopped was not in
    // vain.
    writeResults(
      out,
      `${runtime.name}${major}`,
      { ...all, scenarios: results },
      order,
    );
  }
  report({ ...all, scenarios: results });
}

drawCharts(out);
log(
  `\n${dim(`results and charts are in ${out}, ${elapsed(started)} in all`)}`,
);
process.exitCode = problems > 0 ? 1 : 0;
