/**
 * Waiting for what must come, but not forever.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";

/** How long anything may take. */
const PATIENCE_MS = 15_000;

/** Look again and again; `false` if it did not come. */
export async function until(condition: () => boolean): Promise<boolean> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    if (condition()) return true;
    await sleep(2);
  }
  return condition();
}
