/**
 * The rules between the folders that no compiler knows.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "./runtimes.mjs";

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
    paths: ["runtime"],
    forbidden: /from "(?:\.\.\/)+(?:polyfills\/|mod\.ts)/,
    why: "runtime/ depends on no other folder",
  },
  {
    paths: ["polyfills"],
    forbidden: /from "(?:\.\.\/)+(?:tests\/|bench\/|mod\.ts)/,
    why: "polyfills/ depends on runtime/ only",
  },
  {
    paths: [
      ...["mod.ts", "polyfills", "runtime", "tests", "demo", "bench", "docs"],
      ...["scripts", "README.md", "CHANGELOG.md", "package.json", "deno.json"],
    ],
    forbidden: /(?<![\w./])\/(?:work|root|home)\//,
    why: "a path of one machine",
  },
];

/**
 * The files of a folder, or the file itself, relative to the root.
 *
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  try {
    return readdirSync(join(ROOT, path), { withFileTypes: true })
      .flatMap((entry) => {
        const inner = `${path}/${entry.name}`;
        return entry.isDirectory() ? filesOf(inner) : [inner];
      });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOTDIR") return [path];
    throw error;
  }
}

let broken = 0;
for (const { paths, forbidden, why } of RULES) {
  for (const file of paths.flatMap(filesOf)) {
    const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
    lines.forEach((line, index) => {
      // The rules themselves name what they forbid.
      if (!forbidden.test(line) || file === "scripts/check_layers.mjs") return;
      broken++;
      console.error(`${file}:${index + 1}: ${why}\n    ${line.trim()}`);
    });
  }
}
process.exitCode = broken > 0 ? 1 : 0;
