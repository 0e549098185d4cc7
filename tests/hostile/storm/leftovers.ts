/**
 * What a storm may have left in the process: descriptors, timers, listeners.
 *
 * @module
 */
import process from "node:process";
import {
  noDescriptors,
  openNetworkSockets,
  openSockets,
} from "../../helpers/descriptors.ts";
import { keepsBlockedPaths } from "../../helpers/runtime.ts";
import { activeTimers } from "../../helpers/timers.ts";
import { until } from "./wait.ts";
import type { Report } from "./watch.ts";

function processListeners(): number {
  return process.eventNames()
    .reduce((sum, name) => sum + process.listenerCount(name), 0);
}

/** What there was before, and is to be again. */
export class Leftovers {
  readonly #countSockets: () => number;
  readonly #sockets: number;
  readonly #timers: number = activeTimers();
  readonly #listeners: number = processListeners();

  /** @param ipc Whether Unix sockets are to be counted, or the others. */
  constructor(ipc: boolean) {
    this.#countSockets = noDescriptors || (ipc && keepsBlockedPaths)
      ? () => 0
      : ipc
      ? openSockets
      : openNetworkSockets;
    // Deno opens a pair of Unix sockets for itself when it is busy.
    this.#sockets = this.#countSockets() + (ipc ? 2 : 0);
  }

  /** Report what is more than before, if it does not go away. */
  async check(report: Report): Promise<void> {
    const left = {
      "sockets": () => this.#countSockets() - this.#sockets,
      "timers": () => activeTimers() - this.#timers,
      "listeners of the process": () => processListeners() - this.#listeners,
    };
    for (const [name, count] of Object.entries(left)) {
      if (!await until(() => count() <= 0)) report(`${count()} ${name} stay`);
    }
  }
}
