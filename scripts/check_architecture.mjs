/**
 * Checks that every file and every symbol that `docs/architecture.md` names
 * exists. A link whose text is code, as in
 * [`Socket.connect`](../polyfills/socket/socket.ts), names a declaration in the
 * file it leads to. Other code that looks like a path or a name must exist, too.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import process from "node:process";
import { parse, readPackage, readText, walk } from "./layers/source.mjs";
import { ROOT } from "./runtimes.mjs";

/** @typedef {import("./layers/source.mjs").SyntaxNode} SyntaxNode */

const PAGE = "docs/architecture.md";
const LINK = /\[([^\]]+)\]\(([^)\s]+)\)/g;
const CODE = /`([^`]+)`/g;
/** `name`, `Class.member` or `Class.#member`. */
const SYMBOL = /^#?[\w$]+(?:\.#?[\w$]+)*$/;
/** A folder, which ends with a slash, or a file of source. */
const PATH = /^(?:[\w.-]+\/)+$|^(?:[\w.-]+\/)*[\w-]+\.[mc]?[jt]s$/;
const LITERALS = ["true", "false", "null", "undefined"];

/**
 * @param {SyntaxNode | undefined} key
 * @returns {string}
 */
function nameOf(key) {
  if (!key) return "";
  return key.type === "PrivateIdentifier" ? `#${key.name}` : key.name ?? "";
}

/**
 * What a file declares: its functions, classes, types and constants, and the
 * members of these as `Name.member`.
 *
 * @param {SyntaxNode} program
 * @returns {Set<string>}
 */
function declarationsOf(program) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const statement of program.body) {
    const declaration = statement.declaration ?? statement;
    for (const one of declaration.declarations ?? [declaration]) {
      const name = nameOf(one.id);
      if (!name) continue;
      names.add(name);
      const { body, init } = one;
      const members = Array.isArray(body?.body)
        ? body.body
        : init?.properties ?? [];
      for (const { key } of members) {
        if (key) names.add(`${name}.${nameOf(key)}`);
      }
    }
  }
  return names;
}

/** @returns {Set<string>} Every identifier in the source of the package. */
function allNames() {
  /** @type {Set<string>} */
  const names = new Set();
  for (const { program } of readPackage()) {
    walk(program, (node) => {
      if (/Identifier$/.test(node.type)) names.add(nameOf(node));
    });
  }
  return names;
}

/** @type {string[]} */
const problems = [];
const page = readText(PAGE);
const known = allNames();

/**
 * @param {string} text The code in the text of a link.
 * @param {string} target
 * @returns {string | undefined} What is wrong.
 */
function checkLink(text, target) {
  if (/^https?:/.test(target)) return;
  const path = posix.join(posix.dirname(PAGE), target.replace(/#.*/, ""));
  if (!existsSync(join(ROOT, path))) return `there is no ${path}`;
  if (!SYMBOL.test(text) || text.endsWith(".ts") || !path.endsWith(".ts")) {
    return;
  }
  const { program } = parse(path, readText(path));
  return declarationsOf(program).has(text)
    ? undefined
    : `${path} declares no ${text}`;
}

/**
 * @param {string} text
 * @returns {string | undefined} What is wrong.
 */
function checkCode(text) {
  if (PATH.test(text)) {
    return existsSync(join(ROOT, text)) ? undefined : `there is no ${text}`;
  }
  // Codes of errors are no names of the source.
  if (!SYMBOL.test(text) || /^[A-Z_]+$/.test(text)) return;
  if (LITERALS.includes(text)) return;
  const unknown = text.split(".").find((name) => !known.has(name));
  return unknown && `nothing in the source is called ${unknown}`;
}

/**
 * @param {number} offset In the page.
 * @param {string | undefined} problem
 */
function note(offset, problem) {
  if (!problem) return;
  const line = page.slice(0, offset).split("\n").length;
  problems.push(`${PAGE}:${line}: ${problem}`);
}

// A link or a code span may be wrapped, so the page is not read line by line.
const rest = page.replace(LINK, (whole, text, target, offset) => {
  const code = /^`([^`]+)`$/.exec(text)?.[1];
  note(offset, checkLink(code ?? "", target));
  return whole.replaceAll(/[^\n]/g, " ");
});
for (const { 1: text = "", index } of rest.matchAll(CODE)) {
  note(index, checkCode(text));
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
