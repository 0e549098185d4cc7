/**
 * What the contract says of backends that do not treat the exceptions of their
 * sinks as it asks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Results } from "../../testing/contract/exceptions/results.ts";
import { scenarios } from "../../testing/contract/exceptions/scenarios.ts";
import { startFixture } from "../helpers/spawn.ts";

// A backend in memory is never pending, so nothing throws in this one.
const ALL = Object.keys(scenarios).filter((name) => name !== "onListening");

/** What is wrong with a backend, by scenario. */
async function problemsOf(way: string): Promise<Map<string, string>> {
  const child = startFixture("exceptions/bad_sinks", { args: [way] });
  const results = new Results(child);
  const closed = once(child, "close");
  const problems = new Map<string, string>();
  for (const name of Object.keys(scenarios)) {
    const problem = await results.of("tcp", name);
    if (problem) problems.set(name, problem);
  }
  await closed;
  return problems;
}

test("the contract accepts exceptions that are reported", async () => {
  assert.deepEqual(await problemsOf("reports"), new Map());
});

test("the contract refuses exceptions that are swallowed", async () => {
  const problems = await problemsOf("swallows");
  assert.deepEqual([...problems.keys()], ALL);
  for (const problem of problems.values()) {
    assert.match(problem, /does not go on/);
  }
});

test("the contract refuses exceptions that reject a promise", async () => {
  const problems = await problemsOf("rejects");
  assert.deepEqual([...problems.keys()], ALL);
  assert.match([...problems.values()].join(), /unhandledRejection: onRead/);
});

test("the contract refuses exceptions that come twice", async () => {
  const problems = await problemsOf("repeats");
  assert.deepEqual([...problems.keys()], ALL);
});

test("the contract refuses exceptions that stop a connection", async () => {
  const problems = await problemsOf("stops");
  // Nothing follows these two.
  const last = ["onError of an attempt", "onClose"];
  assert.deepEqual(
    [...problems.keys()],
    ALL.filter((name) => !last.includes(name)),
  );
});

test("the contract refuses a program that ends too early", async () => {
  const results = new Results(startFixture("exceptions/data_listener"));
  await assert.rejects(results.of("tcp", "onRead"), /told nothing/);
});
