/**
 * The rules between the folders that no compiler knows.
 *
 * @module
 */
import process from "node:process";
import { checkCircles, checkImports } from "./imports.mjs";
import { checkFolders, checkLengths } from "./sizes.mjs";
import { readPackage } from "./source.mjs";
import { checkText } from "./text.mjs";
import { checkTimers } from "./timers.mjs";

const sources = readPackage();
const violations = [
  ...checkText(),
  ...checkImports(sources),
  ...checkCircles(sources),
  ...checkTimers(sources),
  ...checkLengths(sources),
  ...checkFolders(),
];
for (const { path, line, why, what } of violations) {
  console.error(`${path}:${line}: ${why}\n    ${what}`);
}
process.exitCode = violations.length > 0 ? 1 : 0;
