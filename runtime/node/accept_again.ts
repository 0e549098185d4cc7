/**
 * Accepting again once there are descriptors, for a `node:net` whose listener
 * stops at the first peer that there is none for.
 *
 * The listener reports nothing then, so all of them are told to listen once
 * more, again and again. To one that has not stopped, that means nothing.
 *
 * @module
 */
import type { net } from "../native_net.ts";
import { DEFAULT_BACKLOG } from "../defaults.ts";
import { clearTimeout, setTimeout } from "../timers.ts";

/** Milliseconds between two rounds. */
const INTERVAL = 1000;

const servers: Set<net.Server> = new Set();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is called on the handle of a server. */
interface ListeningHandle {
  listen(backlog: number): number;
}

function tellAll(): void {
  for (const server of servers) {
    const { _handle } = server as { _handle?: ListeningHandle | null };
    _handle?.listen(DEFAULT_BACKLOG);
  }
  wait();
}

function wait(): void {
  timer = setTimeout(tellAll, INTERVAL);
  timer.unref();
}

/** Have a server that listens on TCP go on with accepting, until it closes. */
export function keepAccepting(server: net.Server): void {
  servers.add(server);
  if (servers.size === 1) wait();
  server.once("close", () => {
    servers.delete(server);
    // Deno's test runner reports a timer that is left.
    if (servers.size === 0) clearTimeout(timer);
  });
}
