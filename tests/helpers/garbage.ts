/**
 * Finds out whether an object is collected.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { runtimeName } from "./runtime.ts";
import { turn } from "./net_helpers.ts";

function collector(): () => void {
  if (runtimeName === "bun") {
    const { Bun } = globalThis as unknown as {
      Bun: { gc(force: boolean): void };
    };
    return () => Bun.gc(true);
  }
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/**
 * Collects garbage until `target` is gone. Some objects need more than one
 * collection.
 *
 * @returns Whether it is gone.
 */
export async function isCollected(target: WeakRef<object>): Promise<boolean> {
  const collect = collector();
  for (let i = 0; i < 10; i++) {
    // A WeakRef that was created or read keeps its target alive until the turn
    // ends.
    await turn();
    collect();
    if (target.deref() === undefined) return true;
  }
  return false;
}
