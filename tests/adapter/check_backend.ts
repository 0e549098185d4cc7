/**
 * The contract on one of our backends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import {
  adapterContract,
  type ContractOptions,
} from "../../testing/contract/contract.ts";
import { startFixture } from "../helpers/spawn.ts";
import { noDualStack } from "../helpers/transports.ts";
import { type BackendName, backends } from "./backends.ts";

/** Declare the tests of the contract for a backend of ours. */
export function checkBackend(
  name: BackendName,
  options: ContractOptions = {},
): void {
  let closed: Promise<unknown> | undefined;
  let warnings = "";
  const exceptions = () => {
    const program = startFixture("exceptions/sinks", { args: [name] });
    program.stderr!.on("data", (text: string) => warnings += text);
    closed = once(program, "close");
    return program;
  };
  const isReal = name !== "simulated";
  const dualStack = !(isReal && noDualStack);
  adapterContract(name, backends[name](), {
    dualStack,
    ...options,
    exceptions,
  });
  test(`${name} adapter: the program that throws warns of nothing`, {
    skip: options.skip,
  }, async () => {
    assert.ok(closed, "it was not started");
    await closed;
    assert.equal(warnings, "");
  });
}
