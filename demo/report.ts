/**
 * Runs the scenarios of a client program and prints each outcome as a line of
 * JSON.
 *
 * @module
 */
import process from "node:process";
import type { Scenario, Target } from "./scenarios.ts";

/** Time limit of a scenario, in milliseconds. */
const LIMIT = 15_000;

async function outcome(action: Promise<void>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no end after ${LIMIT} ms`)),
      LIMIT,
    );
  });
  try {
    await Promise.race([action, limit]);
  } catch (error) {
    process.exitCode = 1;
    return error instanceof Error ? error.stack : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs the scenarios asked for on the command line, one after the other: a
 * JSON object with the target of each.
 */
export async function play(scenarios: Record<string, Scenario>): Promise<void> {
  const targets: Record<string, Target> = JSON.parse(process.argv[2] ?? "{}");
  for (const [name, target] of Object.entries(targets)) {
    const scenario = scenarios[name];
    if (!scenario) throw new Error(`no scenario ${name}`);
    const started = performance.now();
    const error = await outcome(scenario(target));
    const ms = Math.round(performance.now() - started);
    console.log(JSON.stringify({ name, ms, error }));
  }
  // Whatever a failed scenario has left open would keep the program alive.
  if (process.exitCode) process.exit();
}
