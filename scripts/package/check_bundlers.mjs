/**
 * Runs each recipe of `docs/drop-in.md` that makes a bundle, and the bundle:
 * its `net` must be this package, in ES modules and in CommonJS.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { run } from "../processes.mjs";
import { findRuntime, ROOT } from "../runtimes.mjs";
import { CROSS, dim, elapsed, log, TICK } from "../terminal.mjs";

/** Those whose recipe is a program of Node, from npm. */
const BUNDLERS = ["esbuild", "rolldown", "Vite", "webpack"];

/** A program, and the package in CommonJS that it uses. */
const FILES = {
  "app.mjs": `
import net, { connect } from "net";
import * as prefixed from "node:net";
import { common } from "./common.cjs";
const native = process.getBuiltinModule("net");
const classes = [net.Socket, prefixed.Socket, common.Socket];
if (classes.includes(native.Socket)) throw new Error("the runtime's own net");
if (new Set(classes).size > 1) throw new Error("more than one copy");
const server = net.createServer((socket) => socket.pipe(socket));
server.listen(0, "127.0.0.1", () => {
  const client = connect(server.address().port, "127.0.0.1");
  client.on("data", (data) => console.log(String(data)));
  client.on("close", () => server.close());
  client.end("works");
});
`,
  "common.cjs": `exports.common = require("net");\n`,
};

const folder = mkdtempSync(join(tmpdir(), "isonet-bundle-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** @param {string} title Of a section of the page. */
function recipeOf(title) {
  const page = readFileSync(join(ROOT, "docs", "drop-in.md"), "utf8");
  const section = page.split(`\n### ${title}\n`)[1]?.split(/\n##+ /)[0];
  const [, recipe] = /```js\n([\s\S]*?)```/.exec(section ?? "") ?? [];
  assert.ok(recipe, `docs/drop-in.md has no recipe for ${title}`);
  return recipe;
}

/**
 * An empty project with the package and the bundlers in it.
 *
 * @param {string} name
 */
function createProject(name) {
  const project = join(folder, name);
  const installed = join(project, "node_modules", "isonet");
  mkdirSync(installed, { recursive: true });
  cpSync(join(ROOT, "package.json"), join(installed, "package.json"));
  for (const part of ["mod.js", "net.js"]) {
    cpSync(join(ROOT, "dist", part), join(installed, "dist", part));
  }
  for (const bundler of BUNDLERS.map((each) => each.toLowerCase())) {
    symlinkSync(
      join(ROOT, "node_modules", bundler),
      join(project, "node_modules", bundler),
      "junction",
    );
  }
  for (const [file, text] of Object.entries(FILES)) {
    writeFileSync(join(project, file), text);
  }
  return project;
}

let failed = 0;

/**
 * @param {string} title Of the recipe.
 * @param {string} runtime That runs the recipe and the bundle.
 */
async function check(title, runtime) {
  const since = Date.now();
  const cwd = createProject(title);
  writeFileSync(join(cwd, "build.mjs"), recipeOf(title));
  const built = await run(runtime, ["build.mjs"], { cwd, seconds: 60 });
  const bundle = title === "webpack" ? "bundle.cjs" : "bundle.mjs";
  // Away from the package: all that it needs is in it.
  rmSync(join(cwd, "node_modules"), { recursive: true });
  const result = await run(runtime, [bundle], { cwd, seconds: 60 });
  const works = built.code === 0 && result.stdout === "works\n";
  log(`  ${works ? TICK : CROSS} ${title}  ${dim(elapsed(since))}`);
  if (works) return;
  failed++;
  log(built.output + result.output);
}

for (const title of BUNDLERS) await check(title, process.execPath);
const bun = findRuntime("bun");
if ("path" in bun) await check("Bun", bun.path);

process.exitCode = failed > 0 ? 1 : 0;
