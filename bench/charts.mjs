/**
 * Draws the charts of the results in a folder, as SVG.
 *
 *     node bench/charts.mjs [folder]    bench/results if left out
 *
 * @module
 */
import * as echarts from "echarts";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ROOT } from "../scripts/runtimes.mjs";
import { readResults } from "./results.mjs";
import { ratio, spread } from "./stats.mjs";

/**
 * @typedef {import("./stats.mjs").ContestantName} ContestantName
 * @typedef {import("./stats.mjs").Result} Result
 * @typedef {import("./stats.mjs").Spread} Spread
 * @typedef {import("./results.mjs").Results} Results
 */

const WIDTH = 860;
const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif";

/** @type {Record<ContestantName, { label: string, color: string }>} */
const CONTESTANTS = {
  isonet: { label: "isonet", color: "#2563eb" },
  builtin: { label: "node:net", color: "#94a3b8" },
  raw: { label: "own API", color: "#f59e0b" },
  bare: { label: "bare stream", color: "#0d9488" },
};
const NAMES = /** @type {ContestantName[]} */ (Object.keys(CONTESTANTS));

/**
 * The contestants that took part in any of these.
 *
 * @param {readonly Result[]} results
 */
function takingPart(results) {
  return NAMES.filter((name) =>
    results.some(({ rounds }) => spread(rounds[name]))
  );
}

// A background of its own, so that it is legible on light and dark pages.
const BASE = {
  animation: false,
  backgroundColor: "#ffffff",
  textStyle: { fontFamily: FONT, color: "#1e293b" },
};

// Texts are wider in some fonts than the chart library assumes.
const LEGEND = { itemGap: 28, itemWidth: 18, itemHeight: 10 };

/**
 * @param {string} file
 * @param {number} height
 * @param {echarts.EChartsCoreOption} option
 */
function draw(file, height, option) {
  const chart = echarts.init(null, null, {
    renderer: "svg",
    ssr: true,
    width: WIDTH,
    height,
  });
  chart.setOption({ ...BASE, ...option });
  writeFileSync(file, `${chart.renderToSVGString()}\n`);
  chart.dispose();
}

/**
 * @param {string} text
 * @param {string} subtext
 */
function title(text, subtext) {
  return {
    text,
    subtext,
    left: 16,
    top: 12,
    textStyle: { fontSize: 16, fontFamily: FONT },
    subtextStyle: { fontSize: 12, fontFamily: FONT, color: "#475569" },
  };
}

/** @param {Results} results */
function where({ machine }) {
  return `${machine.cpu}, ${machine.cores} cores, ${machine.system}`;
}

/**
 * A series of whiskers from quartile to quartile.
 *
 * @param {string} name
 * @param {(Spread | undefined)[]} spreads
 * @param {number} shift From the middle of the category, in pixels.
 */
function whiskers(name, spreads, shift) {
  return {
    type: "custom",
    name,
    silent: true,
    z: 5,
    data: spreads.flatMap((spread, i) =>
      spread ? [[spread.q1, spread.q3, i]] : []
    ),
    encode: { x: [0, 1], y: 2 },
    /**
     * @param {unknown} _params
     * @param {{ value(i: number): number, coord(xy: number[]): number[] }} api
     */
    renderItem(_params, api) {
      const [x1 = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
      const [x2 = 0] = api.coord([api.value(1), api.value(2)]);
      return {
        type: "line",
        shape: { x1, x2, y1: y + shift, y2: y + shift },
        style: { stroke: "#1e293b", lineWidth: 1.5 },
      };
    },
  };
}

/**
 * Whether a result has rates. One of the shared core alone has none.
 *
 * @param {Result} result
 */
function hasRates({ rounds }) {
  return spread(rounds.isonet) !== undefined;
}

/**
 * How fast the contestants are, with `node:net` as 1.
 *
 * @param {string} folder
 * @param {string} name
 * @param {Results} results
 */
function drawSpeed(folder, name, results) {
  const shown = results.scenarios.filter((each) =>
    each.better === "higher" && hasRates(each)
  );
  if (shown.length === 0) return;
  const bars = takingPart(shown).filter((name) => name !== "builtin");
  const thickness = 11;
  const height = 14 + 13 * bars.length;
  draw(join(folder, `speed-${name}.svg`), 148 + shown.length * height, {
    title: title(
      `Speed on ${results.runtime}, its node:net being 1.00`,
      `medians and quartiles; more is faster; ${where(results)}`,
    ),
    legend: {
      ...LEGEND,
      right: 16,
      top: 14,
      data: bars.map((b) => CONTESTANTS[b].label),
    },
    grid: { left: 230, right: 60, top: 88, bottom: 40 },
    xAxis: {
      type: "value",
      min: 0,
      splitLine: { lineStyle: { color: "#e2e8f0" } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: shown.map((each) => each.title),
      axisTick: { show: false },
    },
    series: bars.flatMap((bar, i) => {
      const { label, color } = CONTESTANTS[bar];
      const spreads = shown.map((each) => ratio(each, bar, "builtin"));
      return [
        {
          type: "bar",
          name: label,
          color,
          barWidth: thickness,
          barGap: "20%",
          data: spreads.map((spread) => spread?.median ?? null),
          label: {
            show: true,
            position: "insideLeft",
            fontSize: 9,
            color: "#ffffff",
            formatter: (/** @type {{ value: unknown }} */ { value }) =>
              typeof value === "number" ? value.toFixed(2) : "",
          },
          ...i > 0 ? {} : {
            markLine: {
              silent: true,
              symbol: "none",
              label: { formatter: "node:net", position: "start" },
              lineStyle: { color: "#475569", type: "solid", width: 1.5 },
              data: [{ xAxis: 1 }],
            },
          },
        },
        whiskers(label, spreads, (i - (bars.length - 1) / 2) * thickness * 1.2),
      ];
    }),
  });
}

/**
 * The cost of a message by the number of connections, with a panel for each
 * runtime.
 *
 * @param {string} folder
 * @param {Results[]} all
 */
function drawMessageCost(folder, all) {
  const panels = all.map((results) => ({
    runtime: results.runtime,
    costs: results.scenarios.filter((each) =>
      each.name.startsWith("message-cost") && hasRates(each)
    ),
  })).filter(({ costs }) => costs.length > 0);
  const [first] = all;
  if (panels.length === 0 || !first) return;
  const width = (WIDTH - 60) / panels.length;
  const names = takingPart(panels.flatMap(({ costs }) => costs));
  draw(join(folder, "message-cost.svg"), 340, {
    title: [
      title(
        "Cost of a message over the number of connections",
        `µs for 64 B there and back, medians; less is better; ${where(first)}`,
      ),
      ...panels.map(({ runtime }, i) => ({
        text: runtime,
        left: 60 + i * width,
        top: 64,
        textStyle: { fontSize: 13, fontFamily: FONT },
      })),
    ],
    legend: {
      ...LEGEND,
      bottom: 8,
      data: names.map((n) => CONTESTANTS[n].label),
    },
    grid: panels.map((_, i) => ({
      left: 60 + i * width,
      width: width - 50,
      top: 96,
      bottom: 70,
    })),
    xAxis: panels.map(({ costs }, i) => ({
      type: "category",
      gridIndex: i,
      data: costs.map(({ name }) =>
        Number(name.split("-").at(-1)).toLocaleString("en-US")
      ),
    })),
    yAxis: panels.map((_, i) => ({
      type: "value",
      gridIndex: i,
      min: 0,
      splitLine: { lineStyle: { color: "#e2e8f0" } },
    })),
    series: panels.flatMap(({ costs }, i) =>
      names.map((name) => ({
        type: "line",
        name: CONTESTANTS[name].label,
        color: CONTESTANTS[name].color,
        xAxisIndex: i,
        yAxisIndex: i,
        symbolSize: 6,
        data: costs.map((each) => spread(each.rounds[name])?.median ?? null),
      }))
    ),
  });
}

/**
 * The memory of an idle connection, with a group for each runtime.
 *
 * @param {string} folder
 * @param {Results[]} all
 */
function drawMemory(folder, all) {
  const groups = all.flatMap((results) => {
    const idle = results.scenarios.find(({ name }) => name === "idle");
    return idle ? [{ runtime: results.runtime, idle }] : [];
  });
  const [first] = all;
  if (groups.length === 0 || !first) return;
  const names = takingPart(groups.map(({ idle }) => idle));
  draw(join(folder, "memory.svg"), 300, {
    title: title(
      "Memory of an idle connection",
      `resident KiB for both ends, medians; less is better; ${where(first)}`,
    ),
    legend: {
      ...LEGEND,
      bottom: 8,
      data: names.map((n) => CONTESTANTS[n].label),
    },
    grid: { left: 60, right: 30, top: 70, bottom: 70 },
    xAxis: { type: "category", data: groups.map(({ runtime }) => runtime) },
    yAxis: {
      type: "value",
      splitLine: { lineStyle: { color: "#e2e8f0" } },
    },
    series: names.map((name) => ({
      type: "bar",
      name: CONTESTANTS[name].label,
      color: CONTESTANTS[name].color,
      barMaxWidth: 48,
      label: {
        show: true,
        position: "top",
        fontSize: 10,
        formatter: (/** @type {{ value: unknown }} */ { value }) =>
          typeof value === "number" ? value.toFixed(1) : "",
      },
      data: groups.map(({ idle }) => spread(idle.rounds[name])?.median ?? null),
    })),
  });
}

/** Scenarios in which the runtime's own modules use the sockets. */
const NEIGHBOURS = /^(tls|http)-/;

/**
 * Processor time of TLS and HTTP over sockets of ours, `node:net` being 1.
 *
 * @param {string} folder
 * @param {Results[]} all
 */
function drawNeighbours(folder, all) {
  const groups = all.map(({ runtime, scenarios }) => ({
    runtime,
    measured: scenarios.filter(({ name }) => NEIGHBOURS.test(name)),
  })).filter(({ measured }) => measured.length > 0);
  const [first] = all;
  if (groups.length === 0 || !first) return;
  const titles = new Map(
    groups.flatMap(({ measured }) =>
      measured.map(({ name, title }) => [name, title])
    ),
  );
  const colors = ["#2563eb", "#0d9488", "#f59e0b", "#9333ea"];
  draw(join(folder, "neighbours.svg"), 320, {
    title: title(
      "Processor time of tls and http over sockets of isonet",
      `those over sockets of node:net being 1.00; medians; less is better; ${
        where(first)
      }`,
    ),
    legend: { ...LEGEND, bottom: 8, data: [...titles.values()] },
    grid: { left: 60, right: 70, top: 80, bottom: 70 },
    xAxis: { type: "category", data: groups.map(({ runtime }) => runtime) },
    yAxis: {
      type: "value",
      min: 0,
      splitLine: { lineStyle: { color: "#e2e8f0" } },
    },
    series: [...titles].map(([name, label], i) => ({
      type: "bar",
      name: label,
      color: colors[i % colors.length],
      barMaxWidth: 32,
      label: {
        show: true,
        position: "top",
        fontSize: 10,
        formatter: (/** @type {{ value: unknown }} */ { value }) =>
          typeof value === "number" ? value.toFixed(2) : "",
      },
      data: groups.map(({ measured }) => {
        const result = measured.find((each) => each.name === name);
        return result &&
            ratio(result, "isonet", "builtin", "cpu")?.median || null;
      }),
      ...i > 0 ? {} : {
        markLine: {
          silent: true,
          symbol: "none",
          label: { formatter: "node:net", position: "end" },
          lineStyle: { color: "#475569", type: "solid", width: 1.5 },
          data: [{ yAxis: 1 }],
        },
      },
    })),
  });
}

/**
 * Draws every chart for which there are results.
 *
 * @param {string} folder
 */
export function drawCharts(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  /** @type {Results[]} */
  const all = [];
  for (const file of files.sort()) {
    const results = readResults(join(folder, file));
    if (!results) continue;
    all.push(results);
    drawSpeed(folder, file.replace(/\.json$/, ""), results);
  }
  drawMessageCost(folder, all);
  drawMemory(folder, all);
  drawNeighbours(folder, all);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  drawCharts(resolve(process.argv[2] ?? join(ROOT, "bench", "results")));
}
