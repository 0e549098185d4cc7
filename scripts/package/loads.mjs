/**
 * Which files of the built package a program loads.
 *
 * @module
 */
import { posix } from "node:path";
import { parseSync } from "oxc-parser";
import { readText } from "../layers/source.mjs";

/**
 * The modules that a module imports, by relative specifiers.
 *
 * @param {string} path With slashes.
 * @param {string} text
 * @returns {{ path: string, lazy: boolean }[]} Those of `import()` are lazy.
 */
export function importsOf(path, text) {
  const { staticImports, staticExports, dynamicImports } =
    parseSync(path, text).module;
  const eager = [
    ...staticImports.map((each) => each.moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])
    ),
  ];
  const lazy = dynamicImports.map(({ moduleRequest: { start, end } }) =>
    text.slice(start + 1, end - 1)
  );
  return [
    ...eager.map((specifier) => ({ specifier, lazy: false })),
    ...lazy.map((specifier) => ({ specifier, lazy: true })),
  ]
    .filter(({ specifier }) => /^\.\.?\//.test(specifier))
    .map(({ specifier, lazy }) => ({
      path: posix.join(posix.dirname(path), specifier),
      lazy,
    }));
}

/**
 * @param {Record<string, string | Record<string, string>>} exports Those of
 * `package.json`.
 * @returns {string[]} The JavaScript of each entry, relative to the root.
 */
export function entriesOf(exports) {
  return Object.values(exports)
    .flatMap((entry) => Object.values(entry))
    .filter((path) => /^\.\/dist\/.+\.js$/.test(path))
    .map((path) => posix.normalize(path));
}

/**
 * @param {readonly string[]} entries Relative to the root.
 * @returns {string[]} The files that they load, and the entries themselves.
 */
export function loadedBy(entries) {
  const files = new Set(entries);
  // A `Set` also visits what is added while it is iterated.
  for (const file of files) {
    for (const { path, lazy } of importsOf(file, readText(file))) {
      if (!lazy) files.add(path);
    }
  }
  return [...files];
}
