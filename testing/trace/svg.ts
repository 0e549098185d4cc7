/**
 * A trace as a picture, drawn by a library of the program's choice.
 *
 * @module
 */
import { hostsOf, labelOf } from "./text.ts";
import type { TraceEntry } from "./entry.ts";

/** What is used of Apache ECharts; `import * as echarts from "echarts"` has it. */
export interface ChartLibrary {
  /** Make a chart. */
  init(
    dom: null,
    theme: null,
    options: { renderer: "svg"; ssr: true; width: number; height: number },
  ): {
    setOption(option: object): unknown;
    renderToSVGString(): string;
    dispose(): unknown;
  };
}

const COLUMN = 320;
const ROW = 18;
const MARGIN = { left: 110, top: 40 };
const FONT = "12px monospace";
const COLORS = {
  line: "#888",
  text: "#222",
  lost: "#c0392b",
  fault: "#b9770e",
};

function textAt(
  x: number,
  y: number,
  text: string,
  fill = COLORS.text,
): object {
  return {
    type: "text",
    x,
    y,
    silent: true,
    style: { text, fill, font: FONT },
  };
}

function lineAt(shape: object, stroke: string): object {
  return { type: "line", silent: true, shape, style: { stroke } };
}

function head(x: number, y: number, back: number, fill: string): object {
  const points = [[x, y], [x + back, y - 4], [x + back, y + 4]];
  return { type: "polygon", silent: true, shape: { points }, style: { fill } };
}

/** The elements of one entry, in its row. */
function elementsOf(entry: TraceEntry, row: number, hosts: string[]): object[] {
  const y = MARGIN.top + row * ROW + ROW / 2;
  const columnOf = (host: string) => MARGIN.left + hosts.indexOf(host) * COLUMN;
  const time = textAt(
    4,
    y - 6,
    entry.time.toFixed(3).padStart(13),
    COLORS.line,
  );
  const { from, to } = entry;
  const isPacket = from && to && from.host !== to.host &&
    !/[a-z]/.test(entry.what);
  if (!isPacket) {
    const x = columnOf(from?.host ?? hosts[0]!);
    const port = from?.port === undefined ? "" : ` ${from.port}`;
    const text = `${labelOf(entry)}${to ? "" : port}`;
    return [time, textAt(x + 6, y - 6, text, COLORS.fault)];
  }
  const [x1, end] = [columnOf(from.host), columnOf(to.host)];
  const way = Math.sign(end - x1);
  // What gets lost does not arrive.
  const x2 = entry.lost ? (x1 + 3 * end) / 4 : end;
  const color = entry.lost ? COLORS.lost : COLORS.text;
  const label = `${labelOf(entry)}${entry.lost ? " (lost)" : ""}`;
  return [
    time,
    lineAt({ x1, y1: y + 4, x2, y2: y + 4 }, color),
    head(x2, y + 4, -7 * way, color),
    textAt(Math.min(x1, end) + 14, y - 9, label, color),
  ];
}

/**
 * Draw a trace as an SVG.
 *
 * @param entries The entries, or some of them.
 * @param charts Apache ECharts, version 5 or later.
 */
export function renderSvg(
  entries: readonly TraceEntry[],
  charts: ChartLibrary,
): string {
  const hosts = hostsOf(entries);
  const width = MARGIN.left + Math.max(hosts.length, 2) * COLUMN - COLUMN / 2;
  const height = MARGIN.top + entries.length * ROW + ROW;
  const columns = hosts.flatMap((host, i) => {
    const x = MARGIN.left + i * COLUMN;
    return [
      textAt(x - 10, 12, host),
      lineAt({ x1: x, y1: 30, x2: x, y2: height - 6 }, COLORS.line),
    ];
  });
  const rows = entries.flatMap((entry, row) => elementsOf(entry, row, hosts));
  const chart = charts.init(null, null, {
    renderer: "svg",
    ssr: true,
    width,
    height,
  });
  try {
    chart.setOption({
      backgroundColor: "#fff",
      animation: false,
      graphic: { elements: [...columns, ...rows] },
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
