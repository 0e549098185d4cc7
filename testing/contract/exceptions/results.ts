/**
 * What the program that throws in sinks tells its test, a line for each
 * scenario.
 *
 * @module
 */
import type { ChildProcess } from "node:child_process";
import type { Kind } from "../targets.ts";

/** Begins each line; others are the backend's own. */
export const MARK = "isonet contract: ";

/** How a scenario went. */
export interface Result {
  readonly kind: Kind;
  readonly scenario: string;
  /** What was wrong; empty if nothing was. */
  readonly problem: string;
}

const keyOf = (kind: Kind, scenario: string) => `${scenario} [${kind}]`;

/** Reads the results of a program while it runs. */
export class Results {
  readonly #child: ChildProcess;
  readonly #problems = new Map<string, string>();
  readonly #waiting = new Set<() => void>();
  /** Why no further result comes. */
  #over: string | undefined;

  /** @param child The program, whose output is a pipe. */
  constructor(child: ChildProcess) {
    this.#child = child;
    let line = "";
    let errors = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (line + text).split("\n");
      line = lines.pop()!;
      for (const each of lines) this.#take(each);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.once(
      "error",
      (error) => this.#end(`did not start: ${error.message}`),
    );
    child.once("close", (code, signal) => {
      this.#end(`ended with ${signal ?? `code ${code}`}: ${errors}`);
    });
  }

  /** What was wrong in a scenario; rejects if the program does not tell. */
  of(kind: Kind, scenario: string): Promise<string> {
    const key = keyOf(kind, scenario);
    return new Promise((resolve, reject) => {
      const check = () => {
        const problem = this.#problems.get(key);
        if (problem === undefined && this.#over === undefined) return;
        this.#waiting.delete(check);
        if (problem !== undefined) resolve(problem);
        else reject(new Error(`the program told nothing, and ${this.#over}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** End the program: no more is asked of it. */
  stop(): void {
    this.#child.kill();
  }

  #take(line: string): void {
    if (!line.startsWith(MARK)) return;
    const { kind, scenario, problem }: Result = JSON.parse(
      line.slice(MARK.length),
    );
    this.#problems.set(keyOf(kind, scenario), problem);
    this.#look();
  }

  #end(reason: string): void {
    this.#over ??= reason;
    this.#look();
  }

  #look(): void {
    for (const check of this.#waiting) check();
  }
}
