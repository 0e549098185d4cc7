/**
 * Runs a program of `tests/fixtures/` on the runtime the test runs on.
 *
 * @module
 */
import {
  type ChildProcess,
  spawn,
  spawnSync,
  type SpawnSyncReturns,
} from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { hidesInside, runtimeName } from "./runtime.ts";

/** How a fixture is run. */
export interface FixtureOptions {
  /** Arguments of the program. */
  args?: readonly string[];
  /**
   * Permission flags, for a runtime with permissions; all of them if left out.
   */
  permissions?: readonly string[];
  /** How many descriptors it may have; not on Windows. */
  descriptors?: number;
  /** Added to the environment of the test. */
  env?: Record<string, string>;
  /**
   * Time limit in milliseconds, after which it is killed; 30 000 if left out.
   */
  timeout?: number;
}

/** How a fixture ended. */
export interface FixtureResult {
  /** Exit code, `null` if a signal ended it. */
  code: number | null;
  /** The signal that ended it, if one did. */
  signal: string | null;
  /** What it printed. */
  stdout: string;
  /** What it wrote to standard error. */
  stderr: string;
  /** `true` if it was killed because it did not end in time. */
  timedOut: boolean;
}

/**
 * A fixture has the extension of this file: `.ts` as source, `.js` when
 * compiled.
 */
const EXTENSION: string = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** Hides the inside of Deno. Deno runs the source. */
const HIDE_INSIDE: string = fileURLToPath(
  new URL("../../scripts/deno/hidden.mjs", import.meta.url),
);

function command(name: string, options: FixtureOptions): string[] {
  const url = new URL(`../fixtures/${name}${EXTENSION}`, import.meta.url);
  const flags = runtimeName === "deno"
    ? [
      ...["run", "--quiet", "--no-prompt", "--no-check"],
      ...options.permissions ?? ["--allow-all"],
      ...hidesInside ? ["--preload", HIDE_INSIDE] : [],
    ]
    : [];
  return [...flags, fileURLToPath(url), ...options.args ?? []];
}

function environment(options: FixtureOptions): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: "1", ...options.env };
}

/**
 * Starts a fixture. The caller waits for it or kills it.
 *
 * @param name File name in `tests/fixtures/`, without extension.
 * @param options Arguments, permissions and environment.
 * @returns The process; its output is text.
 */
export function startFixture(
  name: string,
  options: FixtureOptions = {},
): ChildProcess {
  const { descriptors } = options;
  const args = [process.execPath, ...command(name, options)];
  const [program, ...rest] = descriptors === undefined ? args : [
    ...["/bin/sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh"],
    ...args,
  ];
  const child = spawn(program!, rest, {
    env: environment(options),
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout?.setEncoding("utf8");
  child.stderr?.setEncoding("utf8");
  return child;
}

/**
 * Runs a fixture to its end, with an empty standard input.
 *
 * @param name File name in `tests/fixtures/`, without extension.
 * @param options Arguments, permissions, environment and time limit.
 * @returns How it ended and what it printed.
 *
 * @example
 * ```ts ignore
 * const { code, stdout } = await runFixture("echo", {
 *   permissions: ["--allow-net"],
 * });
 * assert.equal(code, 0);
 * ```
 */
export function runFixture(
  name: string,
  options: FixtureOptions = {},
): Promise<FixtureResult> {
  return new Promise((resolve, reject) => {
    const child = startFixture(name, options);
    child.stdin?.end();
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeout ?? 30_000);
    child.stdout?.on("data", (text: string) => stdout += text);
    child.stderr?.on("data", (text: string) => stderr += text);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, stdout, stderr, timedOut });
    });
  });
}

/**
 * Runs a fixture to its end while nothing else happens in this process.
 *
 * @param name File name in `tests/fixtures/`, without extension.
 * @param options Arguments, permissions, environment and time limit.
 * @returns Its status and output.
 */
export function runFixtureSync(
  name: string,
  options: FixtureOptions = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, command(name, options), {
    env: environment(options),
    encoding: "utf8",
    timeout: options.timeout ?? 30_000,
  });
}
