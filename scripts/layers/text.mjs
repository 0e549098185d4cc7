/**
 * Words that a folder must not contain, comments included.
 *
 * @module
 */
import { filesOf, PACKAGE, readText } from "./source.mjs";

/**
 * @typedef {object} Rule
 * @property {string[]} paths Files and folders it holds for.
 * @property {RegExp} forbidden
 * @property {string} why
 */

/** @type {Rule[]} */
const RULES = [
  {
    paths: ["polyfills"],
    forbidden: /\b(?:deno|bun)\b/i,
    why: "the shared layer does not know which runtime it is on",
  },
  {
    paths: ["polyfills"],
    forbidden: /from "node:net"|require\("node:net"\)/,
    why: "only runtime/ uses the runtime's own net",
  },
  {
    paths: ["runtime"],
    forbidden: /Duplex/,
    why: "streams belong to the shared layer",
  },
  {
    paths: [
      ...[...PACKAGE, "tests", "demo", "bench", "docs", "scripts", ".ci"],
      ...["README.md", "CHANGELOG.md", "package.json", "deno.json"],
      ...["bunfig.toml", "tsconfig.json", "tsconfig.build.json"],
    ],
    forbidden: /(?<![\w./])\/(?:work|root|home)\//,
    why: "a path of one machine",
  },
];

/** The rules name what they forbid. */
const OWN = "scripts/layers/text.mjs";

/** @returns {import("./imports.mjs").Violation[]} */
export function checkText() {
  return RULES.flatMap(({ paths, forbidden, why }) =>
    paths.flatMap(filesOf).filter((path) => path !== OWN).flatMap((path) =>
      readText(path).split("\n").flatMap((line, index) =>
        forbidden.test(line)
          ? [{ path, line: index + 1, why, what: line.trim() }]
          : []
      )
    )
  );
}
