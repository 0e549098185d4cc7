/**
 * Which file imports which, and which of these arrows point the wrong way.
 * An import of types alone is an import.
 *
 * @module
 */
import { posix } from "node:path";
import { lineOf, walk } from "./source.mjs";

/**
 * @typedef {import("./source.mjs").Source} Source
 * @typedef {import("./source.mjs").SyntaxNode} SyntaxNode
 *
 * @typedef {object} Import
 * @property {string} from The file that imports.
 * @property {number} line
 * @property {string} to A file relative to the root, or a bare specifier.
 * @property {boolean} relative
 * @property {boolean} typesOnly Whether nothing of it is left at run time.
 *
 * @typedef {object} Violation
 * @property {string} path
 * @property {number} line
 * @property {string} why
 * @property {string} what
 */

/** Nodes whose `source` is the specifier of a module. */
const IMPORTING = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);

/** The files of `runtime/` that the shared layer may import. */
const SEAM = [
  ...["adapter", "builtins", "defaults"],
  ...["errors", "select", "timers"],
].map((name) => `runtime/${name}.ts`);
/** The one file that asks for the runtime's own `net`. */
const OWN_NET = "runtime/own_net.ts";
/** It asks for what answers in the place of that. */
const ANSWER = "runtime/register/neighbours.ts";
/** Those that have its types as well, of which nothing is left at run time. */
const NATIVE_TYPES = ["runtime/native_net.ts", "runtime/node/native_types.ts"];
/** The one file that loads what costs much to import, see there. */
const BUILTINS = "runtime/builtins.ts";
const COSTLY = ["cluster", "dns", "fs", "http", "os", "process", "timers"]
  .concat(["tls", "util"]).map((name) => `node:${name}`);
/** The files that put the backends together. */
const ASSEMBLY = ["runtime/select.ts", "runtime/net_dialects.ts"];
/** The folders of `runtime/` that are a backend each. */
const BACKENDS = ["deno", "bun", "node"];

/**
 * @param {SyntaxNode} node
 * @returns {SyntaxNode | undefined} Where the specifier of a module stands.
 */
function specifierOf(node) {
  if (IMPORTING.has(node.type)) return node.source ?? undefined;
  if (node.type === "TSExternalModuleReference") return node.expression;
  const required = node.type === "CallExpression" &&
    ["require", "getBuiltinModule"].includes(
      node.callee.name ?? node.callee.property?.name,
    );
  return required ? node.arguments[0] : undefined;
}

/**
 * @param {Source} source
 * @returns {Import[]}
 */
export function importsOf(source) {
  /** @type {Import[]} */
  const imports = [];
  walk(source.program, (node) => {
    const specifier = specifierOf(node)?.value;
    if (typeof specifier !== "string") return;
    const relative = /^\.{0,2}\//.test(specifier);
    imports.push({
      from: source.path,
      line: lineOf(source, node.start),
      to: relative
        ? posix.join(posix.dirname(source.path), specifier)
        : specifier,
      relative,
      typesOnly: node.type === "TSImportType" || node.importKind === "type" ||
        node.exportKind === "type",
    });
  });
  return imports;
}

/**
 * Why one file must not import the other, if so.
 *
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined}
 */
export function forbidden(from, to) {
  const [room = "", backend = ""] = from.split("/");
  const [target = "", folder = ""] = to.split("/");
  const inFolder = to.split("/").length > 2;
  if (room === "mod.ts") {
    return target === "polyfills"
      ? undefined
      : "mod.ts imports only from polyfills/";
  }
  if (room === "polyfills") {
    return target === "polyfills" || SEAM.includes(to)
      ? undefined
      : `polyfills/ imports only from itself and ${SEAM.join(", ")}`;
  }
  if (room === "runtime") {
    if (target !== "runtime") return "runtime/ imports from no other folder";
    if (!inFolder || folder === "common" || folder === backend) return;
    if (ASSEMBLY.includes(from)) return;
    return BACKENDS.includes(backend)
      ? "a backend imports no file of another backend"
      : `only ${ASSEMBLY.join(" and ")} import a backend`;
  }
  // The other entries of the package stand on what is public, and on runtime/
  // as the shared layer does.
  if ([room, "mod.ts", "polyfills"].includes(target)) return;
  if (target === "runtime" && (!inFolder || folder === room)) return;
  return `${room} imports only from mod.ts, polyfills/, runtime/*.ts and ` +
    `runtime/${room}/`;
}

/**
 * Why a file must not import a module that is not part of the package, if so.
 *
 * @param {Import} each
 * @returns {string | undefined}
 */
function forbiddenModule({ from, to: specifier, typesOnly }) {
  if (specifier.startsWith("bun:")) {
    return from.startsWith("runtime/bun/")
      ? undefined
      : "only runtime/bun/ imports modules of Bun";
  }
  if (!specifier.startsWith("node:")) return "the package has no dependencies";
  // What a program tests with may cost; what it runs with may not.
  if (
    COSTLY.includes(specifier) && !typesOnly && !from.startsWith("testing/")
  ) {
    return `only ${BUILTINS} loads it, when it is asked for`;
  }
  // An alias, an import map or a hook may answer it with this package.
  return specifier === "node:net" &&
      ![OWN_NET, ANSWER, ...NATIVE_TYPES].includes(from)
    ? `only ${OWN_NET} asks for the runtime's own net`
    : undefined;
}

/**
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function checkImports(sources) {
  const paths = new Set(sources.map((source) => source.path));
  return sources.flatMap(importsOf).flatMap((each) => {
    const { from, line, to, relative } = each;
    const why = relative
      ? forbidden(from, to) ?? (paths.has(to) ? undefined : "no such file")
      : forbiddenModule(each);
    return why ? [{ path: from, line, why, what: to }] : [];
  });
}

/**
 * The circles among the imports, each reported once, at the import that closes
 * the shortest one.
 *
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function checkCircles(sources) {
  /** @type {Map<string, Import[]>} */
  const graph = new Map(
    sources.map((source) => [source.path, importsOf(source)]),
  );
  /** @type {Map<string, Violation>} */
  const circles = new Map();
  for (const start of graph.keys()) {
    const circle = shortestCircle(graph, start);
    if (!circle) continue;
    const files = circle.map((each) => each.from);
    const key = [...files].sort().join();
    if (circles.has(key)) continue;
    circles.set(key, {
      path: start,
      line: circle[0]?.line ?? 1,
      why: "a circle of imports",
      what: [...files, start].join(" -> "),
    });
  }
  return [...circles.values()];
}

/**
 * @param {Map<string, Import[]>} graph
 * @param {string} start
 * @returns {Import[] | undefined} The imports that lead from a file to itself.
 */
function shortestCircle(graph, start) {
  /** @type {Map<string, Import[]>} */
  const ways = new Map([[start, []]]);
  // A `Map` also visits what is added while it is iterated.
  for (const [file, way] of ways) {
    for (const each of graph.get(file) ?? []) {
      if (each.to === start) return [...way, each];
      if (!ways.has(each.to)) ways.set(each.to, [...way, each]);
    }
  }
}
