/**
 * Checks the documentation that JSR makes of the package: every symbol that
 * can be reached from an entry has a doc comment and a page, and the pages of
 * the classes show every member that an instance has.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { readText } from "./layers/source.mjs";
import { run } from "./processes.mjs";
import { findRuntime, ROOT } from "./runtimes.mjs";

const CLASSES = [
  "BlockList",
  "BoundSocket",
  "Server",
  "Socket",
  "SocketAddress",
];

/**
 * @typedef {object} DocumentedClass
 * @property {{ name: string }[]} [properties]
 * @property {{ name: string }[]} [methods]
 *
 * @typedef {object} DocumentedSymbol
 * @property {string} name
 * @property {{ kind: string, def: DocumentedClass }[]} declarations
 */

const deno = findRuntime("deno");
if (!("path" in deno)) {
  console.error(deno.reason);
  process.exit(1);
}

/** @type {string[]} */
const problems = [];

/** @type {Record<string, string>} */
const entries = JSON.parse(readText("deno.json")).exports;
const lint = await run(deno.path, ["doc", "--lint", ...Object.values(entries)]);
if (lint.code !== 0) {
  const from = lint.output.indexOf("error[");
  problems.push(lint.output.slice(Math.max(from, 0)).trim());
}

const { stdout } = await run(deno.path, ["doc", "--json", "mod.ts"]);
const [file] = Object.values(JSON.parse(stdout).nodes);
/** @type {DocumentedSymbol[]} */
const symbols = file.symbols;
const net = await import(pathToFileURL(join(ROOT, "dist/mod.js")).href);
for (const name of CLASSES) {
  const declarations = symbols.find((each) => each.name === name)?.declarations;
  const page = declarations?.find(({ kind }) => kind === "class");
  if (!page) {
    problems.push(`${name} is not documented as a class`);
    continue;
  }
  const { properties = [], methods = [] } = page.def;
  const shown = new Set([...properties, ...methods].map((each) => each.name));
  const members = Object.getOwnPropertyDescriptors(net[name].prototype);
  for (const [member, { get, value }] of Object.entries(members)) {
    // Without a value it hides a member of the runtime's own class.
    if (!get && value === undefined) continue;
    if (member === "constructor" || shown.has(member)) continue;
    problems.push(`${name}.${member} is not on the page of its class`);
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
