/**
 * No global timers: a test runner that fakes those (`mock.timers` of
 * `node:test`, `vi.useFakeTimers`) must not stop the events of a socket. What
 * is imported from `runtime/timers.ts` goes on.
 *
 * @module
 */
import { lineOf, walk } from "./source.mjs";

/**
 * @typedef {import("./source.mjs").Source} Source
 * @typedef {import("./source.mjs").SyntaxNode} SyntaxNode
 */

const NAMES = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
  "queueMicrotask",
  "process",
]);

const GLOBALS = new Set(["globalThis", "global", "self", "window"]);

/** The file that keeps them as they were when the package was loaded. */
const KEEPER = "runtime/timers.ts";

/** Fields that hold a name that is looked up in something else. */
const NAMING = new Set(["property", "key", "imported", "exported", "right"]);

/**
 * Whether an identifier stands for a variable, rather than for the name of a
 * member, or for a type.
 *
 * @param {SyntaxNode} parent
 * @param {string} field
 */
function isVariable(parent, field) {
  if (parent.type === "TSTypeQuery") return false;
  if (parent.type === "Property" && parent.shorthand) return field === "value";
  const named = NAMING.has(field) && parent.type !== "AssignmentExpression" &&
    parent.type !== "BinaryExpression" && parent.type !== "LogicalExpression" &&
    parent.type !== "AssignmentPattern" && parent.type !== "ForOfStatement" &&
    parent.type !== "ForInStatement";
  return !named || parent.computed === true;
}

/**
 * @param {SyntaxNode} node
 * @returns {string} The name that `globalThis.name` asks for.
 */
function globalMember(node) {
  if (node.type !== "MemberExpression") return "";
  if (!GLOBALS.has(node.object.name)) return "";
  return node.computed ? String(node.property.value) : node.property.name;
}

/**
 * The names that a file imports or declares. An import from another file of the
 * package is fine: that file is checked as well.
 *
 * @param {Source} source
 * @returns {Set<string>}
 */
function declaredNames(source) {
  /** @type {Set<string>} */
  const names = new Set();
  walk(source.program, (node, parent) => {
    if (parent.type === "ImportDeclaration" && node.local) {
      names.add(node.local.name);
    } else if (node.type === "VariableDeclarator" && node.id.name) {
      names.add(node.id.name);
    }
  });
  return names;
}

/**
 * @param {readonly Source[]} sources
 * @returns {import("./imports.mjs").Violation[]}
 */
export function checkTimers(sources) {
  /** @type {import("./imports.mjs").Violation[]} */
  const violations = [];
  for (const source of sources) {
    if (source.path === KEEPER) continue;
    const declared = declaredNames(source);
    walk(source.program, (node, parent, field) => {
      /** @param {string} name */
      const add = (name) =>
        violations.push({
          path: source.path,
          line: lineOf(source, node.start),
          why:
            "a global that a test may fake: import it from runtime/timers.ts",
          what: name,
        });
      const member = globalMember(node);
      if (NAMES.has(member)) add(`globalThis.${member}`);
      if (
        node.type === "VariableDeclarator" && GLOBALS.has(node.init?.name) &&
        node.id.type === "ObjectPattern"
      ) {
        for (const { key } of node.id.properties) {
          if (NAMES.has(key?.name)) add(`{ ${key.name} } = globalThis`);
        }
      }
      if (node.type !== "Identifier" || !NAMES.has(node.name)) return;
      if (declared.has(node.name) || !isVariable(parent, field)) return;
      add(node.name);
    });
  }
  return violations;
}
