/**
 * The jobs of `npm test`: checks, and the test files of every runtime. They
 * start in the order in which they are added, a few at a time.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { setStatus } from "./terminal.mjs";

/**
 * One more than there are cores: a test waits for a third of its time, and then
 * another one can use the core.
 */
let free = availableParallelism() + 1;
/** @type {(() => void)[]} Starts of the jobs that have not started. */
const waiting = [];
/** @type {Set<string>} */
const running = new Set();
let added = 0;
let done = 0;

function showStatus() {
  setStatus(
    running.size > 0 ? `${done}/${added}  ${[...running].join(", ")}` : "",
  );
}

/**
 * Runs a job when its turn comes.
 *
 * @template T
 * @param {string} name For the status line, different from all others.
 * @param {() => Promise<T>} job
 * @returns {Promise<T>}
 */
export async function enqueue(name, job) {
  added++;
  if (free > 0) free--;
  else await new Promise((start) => waiting.push(() => start(undefined)));
  running.add(name);
  showStatus();
  try {
    return await job();
  } finally {
    running.delete(name);
    done++;
    showStatus();
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}
