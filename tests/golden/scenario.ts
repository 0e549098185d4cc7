/**
 * Declares scenarios, plays them and compares their logs.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Logs, type Net, settle, Trace } from "./trace.ts";

/** The actions of one scenario, on both ends. */
export type Script = (net: Net, trace: Trace) => Promise<void>;

/** A named script; the name is the key of its recorded trace. */
export interface Scenario {
  readonly name: string;
  readonly transport: "tcp" | "unix";
  readonly script: Script;
}

/** A scenario over TCP, or one that needs no connection at all. */
export function scenario(name: string, script: Script): Scenario {
  return { name, transport: "tcp", script };
}

/** A scenario over a Unix domain socket. */
export function overUnix(name: string, script: Script): Scenario {
  return { name: `${name} (unix)`, transport: "unix", script };
}

/** The same script over TCP and over a Unix domain socket. */
export function overBoth(name: string, script: Script): Scenario[] {
  return [scenario(`${name} (tcp)`, script), overUnix(name, script)];
}

/** Far longer than any scenario takes. After this time, an event is missing. */
const PATIENCE = 10_000;

/** Plays a scenario on an implementation of `net` and returns its logs. */
export async function play(scenario: Scenario, net: Net): Promise<Logs> {
  const trace = new Trace(net, scenario.transport);
  const watchdog = new AbortController();
  const outcome = await Promise.race([
    scenario.script(net, trace).then(
      () => undefined,
      (error: unknown) => `the script failed: ${error}`,
    ),
    delay(PATIENCE, "the script waits for an event that does not come", {
      signal: watchdog.signal,
    }).catch(() => undefined),
  ]);
  watchdog.abort();
  // Events that must not come any more get the chance to come.
  await settle();
  const logs = structuredClone(trace.logs);
  if (outcome !== undefined) logs["outcome"] = [outcome];
  await trace.clear();
  return logs;
}

/**
 * Compares two traces.
 *
 * @returns `undefined` if they are equal. Otherwise the logs that differ, line
 *   by line: `-` for a missing line, `+` for one too many.
 */
export function difference(expected: Logs, actual: Logs): string | undefined {
  const parts: string[] = [];
  for (
    const name of new Set([...Object.keys(expected), ...Object.keys(actual)])
  ) {
    const wanted = expected[name] ?? [];
    const got = actual[name] ?? [];
    if (wanted.join("\n") === got.join("\n")) continue;
    parts.push(`${name}:`, ...lineDifference(wanted, got));
  }
  return parts.length === 0 ? undefined : parts.join("\n");
}

/** The shortest edit script, by the longest common subsequence. */
function lineDifference(a: string[], b: string[]): string[] {
  const common: number[][] = [];
  for (let i = a.length; i >= 0; i--) {
    common[i] = [];
    for (let j = b.length; j >= 0; j--) {
      if (i === a.length || j === b.length) common[i]![j] = 0;
      else if (a[i] === b[j]) common[i]![j] = common[i + 1]![j + 1]! + 1;
      else common[i]![j] = Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`    ${a[i++]}`);
      j++;
    } else if (
      j === b.length ||
      (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)
    ) {
      lines.push(`  - ${a[i++]}`);
    } else {
      lines.push(`  + ${b[j++]}`);
    }
  }
  return lines;
}

/**
 * How often a scenario may be played until its trace is the recorded one. A
 * pause of the machine as long as an idle timeout lets that expire once more.
 */
export function triesOf(topic: string): number {
  return topic === "timeouts" ? 3 : 1;
}
