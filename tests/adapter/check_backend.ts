/**
 * The contract on one of our backends, with what takes a program of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import type { Kind } from "../../testing/contract/targets.ts";
import {
  adapterContract,
  type ContractOptions,
} from "../../testing/contract/contract.ts";
import { runFixture } from "../helpers/spawn.ts";
import { type BackendName, backends } from "./backends.ts";

/** The scenarios of the program `exceptions/sinks`. */
const METHODS = [
  "onConnection",
  "onConnect",
  "onError of an attempt",
  "onRead",
  "onRead of bytes that waited",
  "allocate",
  "onEnd",
  "onError of a connection",
  "onWrite",
  "onShutdown",
  "onClose",
  "onListening",
];

/** Why a path of this backend cannot play a scenario, or `false`. */
function noPath(name: BackendName, method: string): string | false {
  if (name === "memory" || name === "simulated") return false;
  if (process.platform === "win32") {
    return "a named pipe ends in both directions";
  }
  return method === "onError of a connection" && process.platform !== "linux" &&
    "only Linux resets a path that is closed over unread bytes";
}

/**
 * An exception of a sink method is an uncaught exception, and the connection
 * goes on. A program of its own throws them: a test runner would take each for
 * a failure.
 */
function exceptionRules(name: BackendName, skip: string | undefined): void {
  for (const kind of ["tcp", "pipe"] as const) {
    let results: Promise<Map<string, string>> | undefined;
    for (const method of METHODS) {
      const rule = `an exception in ${method} is uncaught [${kind}]`;
      const reason = skip ??
        (kind === "pipe" && noPath(name, method));
      test(`${name} adapter: ${rule}`, { skip: reason }, async () => {
        results ??= throwEverywhere(name, kind);
        assert.equal((await results).get(method), "");
      });
    }
  }
}

/** What went wrong in each scenario: an empty text if nothing did. */
async function throwEverywhere(
  backend: string,
  kind: Kind,
): Promise<Map<string, string>> {
  const { stdout, stderr } = await runFixture("exceptions/sinks", {
    args: [backend, kind],
    timeout: 100_000,
  });
  assert.equal(stderr, "");
  const lines = stdout.split("\n").filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line)));
}

/** Declare the tests of the contract for a backend of ours. */
export function checkBackend(
  name: BackendName,
  options: ContractOptions = {},
): void {
  adapterContract(name, backends[name](), options);
  exceptionRules(name, options.skip);
}
