/**
 * The output of the scripts: lines, one live status line below them, and
 * tables.
 *
 * @module
 */
import process from "node:process";
import { stripVTControlCharacters, styleText } from "node:util";

const out = process.stdout;
const live = out.isTTY === true;
const colored = live ? !process.env.NO_COLOR : Boolean(process.env.FORCE_COLOR);

/** @param {Parameters<typeof styleText>[0]} format */
function style(format) {
  // Whether to use colors is decided above: `styleText` decides differently on
  // Node 20 than on 22 and later.
  return (/** @type {unknown} */ text) =>
    colored
      ? styleText(format, String(text), { validateStream: false })
      : String(text);
}

export const red = style("red");
export const green = style("green");
export const yellow = style("yellow");
export const bold = style("bold");
export const dim = style("dim");

export const TICK = green("✓");
export const CROSS = red("✗");

/** Seconds between two status lines if there is no terminal. */
const QUIET_SECONDS = 10;
const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

let status = "";
let frame = 0;
let printed = Date.now();
/** @type {NodeJS.Timeout | undefined} */
let timer;

function draw() {
  if (!live || !status) return;
  const width = Math.max(20, (out.columns ?? 80) - 4);
  const text = status.length > width
    ? `${status.slice(0, width - 1)}…`
    : status;
  out.write(`\r\x1b[K${dim(`${FRAMES[frame]} ${text}`)}`);
}

function tick() {
  frame = (frame + 1) % FRAMES.length;
  if (live) draw();
  else if (Date.now() - printed > QUIET_SECONDS * 1000) log(`  … ${status}`);
}

/**
 * Prints a line above the status line.
 *
 * @param {string} [line]
 */
export function log(line = "") {
  if (live && status) out.write("\r\x1b[K");
  out.write(`${line}\n`);
  printed = Date.now();
  draw();
}

/**
 * Sets the status line; an empty one ends it.
 *
 * @param {string} text
 */
export function setStatus(text) {
  status = text;
  if (text) {
    timer ??= setInterval(tick, 100);
    timer.unref();
    draw();
  } else {
    clearInterval(timer);
    timer = undefined;
    if (live) out.write("\r\x1b[K");
  }
}

/** @param {number} since A `Date.now()` of before. */
export function elapsed(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** @param {string} text */
function width(text) {
  return [...stripVTControlCharacters(text)].length;
}

/**
 * Prints a table. The first row is its head; the first column is aligned left.
 *
 * @param {string[][]} rows
 * @param {"right" | "center"} [align] How to align the other columns.
 */
export function table(rows, align = "right") {
  /** @type {number[]} */
  const widths = [];
  for (const row of rows) {
    row.forEach((cell, x) => {
      widths[x] = Math.max(widths[x] ?? 0, width(cell));
    });
  }
  rows.forEach((row, y) => {
    const cells = row.map((cell, x) => {
      const space = (widths[x] ?? 0) - width(cell);
      const left = x === 0 ? 0 : align === "right" ? space : space >> 1;
      return " ".repeat(left) + cell + " ".repeat(space - left);
    });
    const line = `  ${cells.join("   ")}`;
    log(y === 0 ? dim(line) : line);
  });
}
