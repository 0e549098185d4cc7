/**
 * A reporter for Node's test runner that prints one line of JSON for each test.
 * Suites are not counted, and a subtest is part of its test, as in the reports
 * of Deno and Bun.
 *
 * @module
 */

/**
 * @typedef {object} Test
 * @property {string} name
 * @property {"passed" | "failed" | "skipped"} state
 * @property {string} [error] Why it failed.
 */

/** @param {AsyncIterable<{ type: string, data: any }>} source */
export default async function* report(source) {
  /** @type {Test[][]} Tests of each level whose parent has not reported yet. */
  const pending = [];
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, nesting, details, skip, todo } = data;
    const children = pending[nesting + 1] ?? [];
    pending[nesting + 1] = [];
    const level = pending[nesting] ??= [];
    const left = (skip ?? false) !== false || (todo ?? false) !== false;
    const state = left ? "skipped" : type === "test:pass" ? "passed" : "failed";
    const error = state === "failed" ? reason(details?.error) : undefined;
    const suite = details?.type === "suite";
    if (suite && children.length > 0) {
      for (const child of children) {
        level.push({ ...child, name: `${name} > ${child.name}` });
      }
      // The error of a hook belongs to none of the tests.
      if (state === "failed" && !children.some((c) => c.state === "failed")) {
        level.push({ name, state, error });
      }
    } else {
      level.push({ name, state, error });
    }
  }
  for (const test of pending[0] ?? []) yield `${JSON.stringify(test)}\n`;
}

/**
 * Unwraps what a test threw: the runner wraps it in an error of its own.
 *
 * @param {any} error
 */
function reason(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause);
}
