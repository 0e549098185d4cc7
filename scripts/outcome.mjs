/**
 * What `npm test` prints at its end about the tests that did not pass.
 *
 * @module
 */
import { bold, CROSS, dim, log } from "./terminal.mjs";

/**
 * @typedef {object} Failure
 * @property {string} where The runtime and the file, or the check.
 * @property {string} name
 * @property {string} error
 */

/** How many lines of an error are repeated; the whole of it is further up. */
const ERROR_LINES = 30;

/**
 * Prints what was skipped. Tests of one subject are one line if the same
 * runtimes skipped them.
 *
 * @param {readonly import("./suite.mjs").SuiteResult[]} suites
 */
export function printSkipped(suites) {
  /** @type {Map<string, string[]>} */
  const runtimes = new Map();
  for (const { label, skippedNames } of suites) {
    for (const name of new Set(skippedNames)) {
      runtimes.set(name, [...runtimes.get(name) ?? [], label]);
    }
  }
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const [name, labels] of runtimes) {
    const subject = name.split(": ", 1)[0];
    const key = JSON.stringify([subject, labels]);
    groups.set(key, [...groups.get(key) ?? [], name]);
  }
  if (groups.size > 0) log(`\n${bold("Skipped")}`);
  for (const [key, names] of groups) {
    const [subject, labels] = JSON.parse(key);
    const [only] = names;
    const what = names.length > 1 ? `${subject}: ${names.length} tests` : only;
    log(dim(`  - ${what}  (${labels.join(", ")})`));
  }
}

/**
 * Prints each failure and its error again, at the end, where they are noticed.
 *
 * @param {readonly Failure[]} failures
 */
export function printFailures(failures) {
  if (failures.length > 0) log(`\n${bold("Failed")}`);
  for (const { where, name, error } of failures) {
    log(`  ${CROSS} ${where}\n    ${bold(name)}`);
    const lines = error ? error.trimEnd().split("\n") : [];
    for (const line of lines.slice(0, ERROR_LINES)) log(dim(`    │ ${line}`));
    if (lines.length > ERROR_LINES) log(dim("    │ …"));
  }
}
