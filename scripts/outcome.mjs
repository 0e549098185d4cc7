/**
 * What `npm test` says at its end of the tests that did not pass.
 *
 * @module
 */
import { bold, CROSS, dim, log } from "./terminal.mjs";

/**
 * @typedef {object} Failure
 * @property {string} where The runtime and the file, or what else it is from.
 * @property {string} name
 * @property {string} error
 */

/** Lines of an error that are worth a look here; the whole is further up. */
const ERROR_LINES = 30;

/**
 * Prints what was skipped, tests of one subject on the same runtimes as one.
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
 * Prints each failure and its error again, where they are seen.
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
