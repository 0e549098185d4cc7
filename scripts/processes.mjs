/**
 * Child processes of the scripts: they have their output kept and a time limit,
 * and none is left behind.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { ROOT } from "./runtimes.mjs";

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] The root of the repository if left out.
 * @property {Record<string, string>} [env] Added to this process's own.
 * @property {number} [seconds] Time limit, 300 if left out.
 * @property {boolean} [shell]
 * @property {(line: string) => void} [onLine] Called with each line of stdout.
 *
 * @typedef {object} RunResult
 * @property {number | null} code
 * @property {boolean} timedOut
 * @property {string} stdout
 * @property {string} output What it wrote to stdout and stderr, in order.
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

const grouped = process.platform !== "win32";

/**
 * Kills a child and what it started.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
export function killTree(child) {
  if (child.pid === undefined) return;
  try {
    if (grouped) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // It is gone already.
  }
}

function killAll() {
  for (const child of running) killTree(child);
}
process.on("exit", killAll);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => process.exit(130));
}

/**
 * Starts a command in a process group of its own. Its output is text.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
    shell: options.shell ?? false,
    detached: grouped,
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  child.stdin.on("error", () => {}); // The child may exit without reading it.
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  return child;
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  const seconds = options.seconds ?? 300;
  return new Promise((resolve) => {
    const child = start(command, args, options);
    child.stdin.end();
    let output = "";
    let stdout = "";
    let line = "";
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      output += `\nended by the time limit of ${seconds} s\n`;
      killTree(child);
    }, seconds * 1000);
    child.stdout.on("data", (text) => {
      output += text;
      stdout += text;
      if (!options.onLine) return;
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      for (const each of lines) options.onLine(each);
    });
    child.stderr.on("data", (text) => output += text);
    child.on("error", (error) => output += `${error.message}\n`);
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ code, timedOut, stdout, output });
    });
  });
}

/**
 * Runs jobs, a few at a time.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} limit
 * @param {(item: T) => Promise<void>} job
 */
export async function pool(items, limit, job) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await job(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
