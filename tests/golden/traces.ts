/**
 * Where the recorded traces are.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Logs } from "./trace.ts";

/** The traces of one topic, as recorded. */
export interface Recording {
  /** Version of Node they were recorded on. */
  node: string;
  /** The logs of each scenario, by its name. */
  scenarios: Record<string, Logs>;
}

/** The file of a topic. Both the source and the compiled test find it. */
export function recordingFile(topic: string): string {
  const here = new URL("./traces/", import.meta.url);
  const folder = existsSync(here)
    ? here
    : new URL("../../../tests/golden/traces/", import.meta.url);
  return fileURLToPath(new URL(`${topic}.json`, folder));
}

/** What was recorded for a topic. */
export function readRecording(topic: string): Recording {
  const recording: Recording = JSON.parse(
    readFileSync(recordingFile(topic), "utf8"),
  );
  return recording;
}
