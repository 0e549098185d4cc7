/**
 * How much a folder and a file may hold.
 *
 * @module
 */
import { posix } from "node:path";
import { filesOf, PACKAGE } from "./source.mjs";

/** @typedef {import("./imports.mjs").Violation} Violation */

const LINES = 470;
/** Files with one large subject: two classes, and the contract. */
const LONG = [
  "polyfills/socket/socket.ts",
  "polyfills/server/server.ts",
  "runtime/adapter.ts",
];

const FILES = 14;
/** Tests come one file a subject; a few more in a folder hide nothing. */
const TEST_FILES = 16;

/**
 * @param {readonly import("./source.mjs").Source[]} sources
 * @returns {Violation[]}
 */
export function checkLengths(sources) {
  return sources.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - 1;
    if (lines <= LINES || LONG.includes(path)) return [];
    const why = `a file has at most ${LINES} lines`;
    return [{ path, line: lines, why, what: `${lines} lines` }];
  });
}

/** @returns {Violation[]} */
export function checkFolders() {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const all = [...PACKAGE, "tests", "bench", "demo", "scripts"];
  for (const path of all.flatMap(filesOf)) {
    if (!/\.[cm]?[jt]s$/.test(path)) continue;
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].flatMap(([path, count]) => {
    const limit = path.startsWith("tests/") ? TEST_FILES : FILES;
    if (count <= limit) return [];
    const why = `a folder has at most ${limit} files of source`;
    return [{ path, line: 1, why, what: `${count} files` }];
  });
}
