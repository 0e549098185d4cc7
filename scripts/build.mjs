/**
 * Compiles the package, its tests and the demo into `dist/`, in the same
 * layout, and removes compiled files whose source is gone.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "./runtimes.mjs";

const dist = join(ROOT, "dist");
const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");

if (!existsSync(tsc)) {
  console.error('TypeScript is missing: run "npm ci" first.');
  process.exit(1);
}

const { status } = spawnSync(
  process.execPath,
  [tsc, "-p", join(ROOT, "tsconfig.build.json")],
  { stdio: "inherit" },
);

// Emptying dist/ first would break a program that is running from it.
if (existsSync(dist)) {
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const source = file.replace(/(\.d\.ts|\.js)$/, ".ts");
    if (source !== file && !existsSync(join(ROOT, source))) {
      rmSync(join(dist, file));
    }
  }
}

process.exitCode = status ?? 1;
