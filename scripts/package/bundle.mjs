/**
 * Bundles the package for npm: a small file for each entry, and one with the
 * code. A program then loads two files in place of some seventy, and all
 * entries have the same classes.
 *
 * @module
 */
import { join, relative, sep } from "node:path";
import { rolldown } from "rolldown";
import { readText } from "../layers/source.mjs";
import { ROOT } from "../runtimes.mjs";
import { entriesOf } from "./loads.mjs";

const DIST = join(ROOT, "dist");

/**
 * What becomes one file with all its code. The entries, and whatever else is
 * imported from elsewhere, become files that export from it.
 *
 * @typedef {object} Part
 * @property {string} file In `dist/`, without an extension.
 * @property {RegExp} sources Paths of its sources.
 * @property {boolean} [keepsNames] Whether functions have the names that they
 * are declared with, where several files declare the same name.
 * @property {Record<string, string>} [extra] Further sources, by their path in
 * `dist/`.
 */

/** @type {Part} */
const NET = {
  file: "net",
  sources: /^(?:mod\.[jt]s$|polyfills\/|runtime\/)/,
  keepsNames: true,
};

/** @type {Part} */
const TESTING = { file: "testing/testing", sources: /^testing\// };

/** @type {Part} */
const REGISTER = {
  file: "register/hooks",
  sources: /^runtime\//,
  // The hooks start a thread with the file next to theirs.
  extra: { "register/import_thread": "runtime/register/import_thread.ts" },
};

/** The entries of the package, as paths in `dist/`. */
const ENTRIES = entriesOf(JSON.parse(readText("package.json")).exports)
  .map((path) => path.slice("dist/".length));

/** @param {string} id Of a module. */
function pathOf(id) {
  return relative(ROOT, id).replaceAll(sep, "/");
}

/**
 * @param {Part} part
 * @param {readonly string[]} modules Those of the part that become files, as
 * paths in `dist/`.
 * @param {import("rolldown").Plugin} [plugin]
 * @returns {Promise<Map<string, string>>} Texts by path in `dist/`.
 */
async function bundle(part, modules, plugin) {
  const sources = modules.map((path) => [
    path.replace(/\.js$/, ""),
    path.replace(/\.js$/, ".ts"),
  ]);
  const build = await rolldown({
    cwd: ROOT,
    input: { ...Object.fromEntries(sources), ...part.extra },
    plugins: [plugin],
    external: /^node:/,
    platform: "node",
    tsconfig: "tsconfig.build.json",
    onLog(_level, log) {
      throw new Error(log.message);
    },
  });
  const { output } = await build.generate({
    dir: DIST,
    format: "esm",
    sourcemap: true,
    keepNames: part.keepsNames === true,
    minifyInternalExports: false,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    codeSplitting: {
      groups: [{
        name: part.file,
        test: (id) => part.sources.test(pathOf(id)),
      }],
    },
  });
  await build.close();
  return new Map(output.map((file) => [
    file.fileName,
    file.type === "chunk" ? file.code : String(file.source),
  ]));
}

/**
 * Makes `isonet/testing` import from the package as it was built.
 *
 * @param {Map<string, string>} built
 * @returns {import("rolldown").Plugin}
 */
function importBuilt(built) {
  return {
    name: "import-built",
    resolveId: (id) =>
      id.endsWith(`/${NET.file}.js`)
        ? { id: `../${NET.file}.js`, external: true }
        : null,
    load(id) {
      const path = pathOf(id);
      if (!NET.sources.test(path)) return null;
      const code = built.get(path.replace(/\.ts$/, ".js"));
      if (code === undefined) throw new Error(`${path} was not built`);
      return { code, moduleType: "js" };
    },
  };
}

/**
 * Leaves the package out of `isonet/register`, which loads it when it is asked
 * for.
 *
 * @type {import("rolldown").Plugin}
 */
const leavePackageOut = {
  name: "leave-package-out",
  resolveId: (id) =>
    id === "../mod.ts" ? { id: "../mod.js", external: true } : null,
};

/**
 * The files of the package.
 *
 * @param {Iterable<string>} imported Modules of the package that others import,
 * as paths in `dist/`. Those that are no entries are not published: with them,
 * tests of what is inside run what is shipped.
 * @returns {Promise<Map<string, string>>} Texts by path in `dist/`.
 */
export async function bundlePackage(imported) {
  const all = [...new Set([...ENTRIES, ...imported])];
  /** @param {string} folder */
  const modulesIn = (folder) => all.filter((path) => path.startsWith(folder));
  const net = await bundle(
    NET,
    all.filter((path) => NET.sources.test(path)),
  );
  return new Map([
    ...net,
    ...await bundle(TESTING, modulesIn("testing/"), importBuilt(net)),
    ...await bundle(REGISTER, modulesIn("register/"), leavePackageOut),
  ]);
}
