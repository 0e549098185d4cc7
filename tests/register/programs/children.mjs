/**
 * Runs another program in a worker thread, a child or a cluster worker.
 * Arguments: `worker`, `fork` or `cluster`, the program, and for a worker
 * thread of Bun what it preloads.
 */
import { fork } from "node:child_process";
import cluster from "node:cluster";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const [, , kind, program = "", preload] = process.argv;
const url = new URL(program, import.meta.url);
if (kind === "worker") {
  /** @type {object} Node's types do not know the option. */
  const options = preload ? { preload } : {};
  new Worker(url, options);
} else if (kind === "fork") {
  fork(fileURLToPath(url));
} else {
  cluster.setupPrimary({ exec: fileURLToPath(url) });
  cluster.fork().on("online", () => cluster.disconnect());
}
