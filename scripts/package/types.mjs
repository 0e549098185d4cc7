/**
 * The types of the installed package, under every `@types/node`, compiler and
 * setting that a user may have. A program that is written for `node:net` must
 * compile with the package in its place.
 *
 * @module
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../runtimes.mjs";

const MODULES = join(ROOT, "node_modules");

/** Where each release line of `@types/node` is installed. */
const TYPES = {
  20: "types-node-20",
  22: "types-node-22",
  24: "types-node-24",
  26: "@types/node",
};

const COMPILERS = {
  5: join(MODULES, "typescript-5/bin/tsc"),
  7: join(MODULES, "typescript/bin/tsc"),
};

const NODENEXT = { module: "nodenext" };
const BUNDLER = { module: "preserve", moduleResolution: "bundler" };

/** Everything is checked, declarations included. */
const STRICT = { ...NODENEXT, exactOptionalPropertyTypes: true };
/** What most projects have. */
const USUAL = { ...BUNDLER, skipLibCheck: true };

/**
 * All settings of a compiler, in one process: they share most of what it reads.
 *
 * @typedef {object} TypeCheck
 * @property {string} name
 * @property {string[]} args
 */

/**
 * @param {string} name What the file imports, in place of `mod.ts`.
 * @returns {string} The program of the tests of the types.
 */
export function usage(name) {
  const path = join(ROOT, "tests/types/node_net.ts");
  const text = readFileSync(path, "utf8");
  const written = text.replaceAll('"../../mod.ts"', JSON.stringify(name));
  if (written === text) throw new Error(`${path} does not import mod.ts`);
  return written;
}

/**
 * Writes the files that the checks need.
 *
 * @param {string} project The folder the package is installed in.
 * @param {readonly string[]} files More programs for the newest compiler.
 * @returns {TypeCheck[]} Each is a run of Node in that folder; it prints which
 * settings it is at.
 */
export function typeChecks(project, files) {
  writeFileSync(join(project, "usage.ts"), usage("isonet"));
  for (const [line, installed] of Object.entries(TYPES)) {
    const folder = join(project, `types_node_${line}`);
    mkdirSync(folder);
    symlinkSync(join(MODULES, installed), join(folder, "node"), "junction");
  }

  /** @type {Record<keyof typeof COMPILERS, string[]>} */
  const configs = { 5: [], 7: [] };
  /**
   * @param {keyof typeof COMPILERS} compiler
   * @param {string} what
   * @param {object} types
   * @param {object} options
   * @param {readonly string[]} [more]
   */
  const add = (compiler, what, types, options, more = []) => {
    const kind = [
      "exactOptionalPropertyTypes" in options ? "exact" : "",
      "skipLibCheck" in options ? "skipLibCheck" : "",
      "moduleResolution" in options ? "bundler" : "nodenext",
    ].filter(Boolean).join("-");
    const config = `tsconfig.${compiler}-${what}-${kind}.json`;
    const compilerOptions = {
      target: "es2022",
      lib: ["es2023", "esnext.disposable", "esnext.collection"],
      strict: true,
      noEmit: true,
      ...types,
      ...options,
    };
    const content = { compilerOptions, files: ["usage.ts", ...more] };
    writeFileSync(join(project, config), JSON.stringify(content));
    configs[compiler].push(config);
  };
  for (const line of Object.keys(TYPES)) {
    const what = `node-${line}`;
    const types = { typeRoots: [`types_node_${line}`], types: ["node"] };
    const newest = line === "26" ? files : [];
    add(7, what, types, STRICT, newest);
    add(7, what, types, BUNDLER, newest);
    add(7, what, types, USUAL);
    // It takes several times as long, most of it for the declarations of Node.
    add(
      5,
      what,
      types,
      line === "20" ? STRICT : { ...NODENEXT, skipLibCheck: true },
    );
  }
  add(7, "bun-types", { typeRoots: [MODULES], types: ["bun-types"] }, STRICT);
  return Object.entries(COMPILERS).map(([version, compiler]) => {
    const list = configs[/** @type {keyof typeof COMPILERS} */ (+version)];
    return {
      name: `types: TypeScript ${version}, ${list.length} settings`,
      args: [compiler, "--build", "--verbose", ...list],
    };
  });
}
