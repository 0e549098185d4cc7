/**
 * A loopback address at which a connection is neither established nor refused:
 * the backlog of its listener is full, and nobody accepts.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import process from "node:process";
import * as net from "../../mod.ts";
import { event } from "../helpers/net_helpers.ts";
import { runtimeName } from "../helpers/runtime.ts";

// Only Node passes a short backlog on to the system, so this program runs on
// Node for every runtime. It blocks its thread, so that it never accepts.
const PROGRAM = `
const server = require("net").createServer();
server.listen({ port: +process.argv[1], host: process.argv[2], backlog: 1 }, () => {
  require("fs").writeSync(1, server.address().port + "\\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);
  process.exit();
});
`;

/** Why a listener cannot be full, or `false`. */
export const noFullListener: string | false = process.platform === "win32" &&
  "Windows refuses whom it cannot queue";

/** Connections that Linux and macOS queue for a backlog of one. */
const QUEUE = 2;

/** The listener, until it is closed. */
export interface FullListener {
  /** Where it listens. */
  readonly port: number;
  /** End it. */
  close(): Promise<void>;
}

/** Listens on `host` in another process and fills the backlog. */
export async function fullListener(
  host: string,
  port = 0,
): Promise<FullListener> {
  const node = runtimeName === "node" ? process.execPath : "node";
  const child = spawn(node, ["-e", PROGRAM, String(port), host], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await event(createInterface(child.stdout!), "line");
  const fillers = Array.from(
    { length: QUEUE },
    () => net.connect(Number(line), host),
  );
  for (const filler of fillers) {
    filler.on("error", () => {});
    await event(filler, "connect");
  }
  return {
    port: Number(line),
    async close() {
      const exit = event(child, "exit");
      child.kill("SIGKILL");
      for (const filler of fillers) filler.destroy();
      await exit;
    },
  };
}
