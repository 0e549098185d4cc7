/**
 * The source files of the package, parsed: what the checks of the layers and
 * of `docs/architecture.md` look at.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, visitorKeys } from "oxc-parser";
import { ROOT } from "../runtimes.mjs";

/**
 * @typedef {{ type: string, start: number, [key: string]: any }} SyntaxNode
 *
 * @typedef {object} Source
 * @property {string} path Relative to the root, with slashes.
 * @property {string} text
 * @property {SyntaxNode} program
 */

/** What is published: the entries of the package and the layers below them. */
export const PACKAGE = [
  ...["mod.ts", "register.ts", "register", "testing"],
  ...["polyfills", "runtime"],
];

/**
 * The files of a folder and of the folders in it, or the file itself.
 *
 * @param {string} path Relative to the root.
 * @returns {string[]} Empty if there is no such path.
 */
export function filesOf(path) {
  try {
    return readdirSync(join(ROOT, path), { withFileTypes: true })
      .flatMap((entry) => {
        const inner = `${path}/${entry.name}`;
        return entry.isDirectory() ? filesOf(inner) : [inner];
      });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOTDIR") return [path];
    if (code === "ENOENT") return [];
    throw error;
  }
}

/** @param {string} path Relative to the root. */
export function readText(path) {
  return readFileSync(join(ROOT, path), "utf8");
}

/** @returns {Source[]} Every TypeScript file of the package. */
export function readPackage() {
  return PACKAGE.flatMap(filesOf)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => parse(path, readText(path)));
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Source}
 */
export function parse(path, text) {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  return { path, text, program: /** @type {any} */ (program) };
}

/**
 * Calls `visit` with each node, its parent, and the name of the parent's field
 * that holds it.
 *
 * @param {SyntaxNode} node
 * @param {(node: SyntaxNode, parent: SyntaxNode, field: string) => void} visit
 */
export function walk(node, visit) {
  const keys = /** @type {Record<string, readonly string[]>} */ (visitorKeys);
  for (const field of keys[node.type] ?? []) {
    for (const child of [node[field]].flat()) {
      if (!child) continue;
      visit(child, node, field);
      walk(child, visit);
    }
  }
}

/**
 * @param {Source} source
 * @param {number} offset In its text.
 */
export function lineOf(source, offset) {
  return source.text.slice(0, offset).split("\n").length;
}
