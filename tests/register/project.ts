/**
 * An empty project with the package in it, as npm installs it, and the
 * programs of `programs/`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import * as module from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { isDenoBefore, runtimeName } from "../helpers/runtime.ts";
import { type Declarations, unless } from "../helpers/unless.ts";

/** This file runs from the sources or, a folder deeper, from `dist/`. */
function findRoot(): string {
  for (const up of ["../../", "../../../"]) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  throw new Error("There is no package.json above the tests.");
}

/** Root of the repository. */
export const root: string = findRoot();

/** How to have the package answer for `net`, by the command line. */
export const PRELOAD: readonly string[] = {
  node: ["--import", "isonet/register"],
  bun: ["--preload", "isonet/register"],
  deno: ["--import", "npm:isonet/register"],
}[runtimeName];

/** Why nothing can answer for `net` here, or `false`. */
export const noHooks: string | false = runtimeName === "deno" &&
  !("registerHooks" in module) && "Deno has hooks for modules since 2.8";

/** As `test`, skipped where nothing can answer for `net`. */
export const registerTest: Declarations["test"] = unless(noHooks).test;

/** How a program of the project is run. */
export interface ProgramOptions {
  /** Options of the runtime; {@linkcode PRELOAD} if left out. */
  flags?: readonly string[];
  /** Arguments of the program. */
  args?: readonly string[];
  /** Added to the environment of the test. */
  env?: Record<string, string>;
}

/** A project in a folder of its own. */
export class Project {
  /** Where it is. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "isonet-register-"));

  constructor() {
    const installed = join(this.folder, "node_modules", "isonet");
    mkdirSync(join(installed, "dist"), { recursive: true });
    cpSync(join(root, "package.json"), join(installed, "package.json"));
    const parts = ["mod.js", "net.js", "polyfills/promises.js", "register"];
    for (const part of parts) {
      cpSync(join(root, "dist", part), join(installed, "dist", part), {
        recursive: true,
      });
    }
    this.write("package.json", {
      name: "project",
      private: true,
      dependencies: { isonet: "*" },
    });
    const programs = join(root, "tests", "register", "programs");
    cpSync(programs, this.folder, { recursive: true });
  }

  /** Write a file: text as it is, anything else as JSON. */
  write(file: string, content: string | object): void {
    const text = typeof content === "string"
      ? content
      : JSON.stringify(content);
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Remove the project. */
  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Run a program to its end.
   *
   * @param program Name of a file of the project.
   * @param options Flags, arguments and environment.
   * @returns Its exit code, and what it printed to standard output and error.
   */
  run(
    program: string,
    options: ProgramOptions = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const { flags = PRELOAD, args = [], env } = options;
    const deno = ["run", "--quiet", "--no-prompt", "--cached-only"];
    // Up to 2.8, "net" is a module of Node only in packages otherwise.
    if (isDenoBefore("2.9.0")) deno.push("--unstable-bare-node-builtins");
    const permissions = flags.some((flag) => flag.startsWith("--allow"))
      ? []
      : ["--allow-all"];
    const child = spawn(process.execPath, [
      ...runtimeName === "deno" ? [...deno, ...permissions] : [],
      ...flags,
      program,
      ...args,
    ], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** Run a program that prints one line of JSON, and return that. */
  async json(program: string, options: ProgramOptions = {}): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(program, options);
    assert.equal(code, 0, stdout + stderr);
    const [line = ""] = stdout.split("\n");
    assert.match(line, /^[{"\dtf]/, stdout + stderr);
    return JSON.parse(line);
  }
}

/** The project of a test file, removed when its tests are done. */
export function projectOfTests(): Project {
  const project = new Project();
  // Deno has `after` since 2.8, too; its caller removes the folder.
  if (!noHooks) after(() => project[Symbol.dispose]());
  return project;
}

/** Every way to ask for `net` that the programs try, with one answer. */
export function everyWay(ours: boolean): Record<string, boolean> {
  return Object.fromEntries(
    [
      "require()",
      "require(), prefixed",
      "module.require()",
      "createRequire()",
      "import",
      "import, by name",
      "import, prefixed",
      "createRequire() of an ES module",
      "import()",
      "import() of CommonJS",
      "getBuiltinModule",
      "getBuiltinModule, prefixed",
    ].map((way) => [way, ours]),
  );
}
