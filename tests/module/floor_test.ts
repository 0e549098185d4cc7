/**
 * The oldest supported releases: what importing the package does on older ones,
 * and that `package.json` names the same ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { checkFloor, type Versions } from "../../runtime/floor.ts";
import { runtimeName } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";

/** A release line, by the first release of it that is supported. */
interface Line {
  readonly floor: string;
  /** One release before the floor; `undefined` if it is of another line. */
  readonly before: string | undefined;
}

const names = ["deno", "bun", "node"] as const;

// The tests run at the root, as source and compiled.
const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
  engines: Record<typeof names[number], string>;
};

/** The release lines of a range such as `"^20.19.0 || >=22.12.0"`. */
function linesOf(range: string): Line[] {
  return range.split(" || ").map((part) => {
    const floor = /\d+\.\d+\.\d+$/.exec(part)![0];
    const [major, minor, patch] = floor.split(".").map(Number);
    const before = patch! > 0
      ? [major, minor, patch! - 1]
      : [major, minor! - 1, 99];
    const line = before.slice(0, 2).join(".");
    const isNamed = range.includes(`~${line}.`);
    return { floor, before: isNamed ? undefined : before.join(".") };
  });
}

function versionsOf(name: typeof names[number], version: string): Versions {
  return { node: "26.0.0", [name]: version };
}

for (const name of names) {
  for (const { floor, before } of linesOf(engines[name])) {
    test(`engines: ${name} ${floor} is the oldest of its line`, () => {
      checkFloor(versionsOf(name, floor));
      if (before === undefined) return;
      assert.throws(() => checkFloor(versionsOf(name, before)), (error) => {
        const { code, message } = error as Error & { code: string };
        assert.equal(code, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
        assert.ok(message.includes(floor), message);
        return message.endsWith(`this is ${before}`);
      });
    });
  }
}

test("engines: a release line that is not named is not supported", () => {
  assert.throws(() => checkFloor({ node: "21.7.3" }), {
    message: "isonet needs Node 20.19.0 or a newer 20, or 22.12.0 or newer; " +
      "this is 21.7.3",
  });
});

test("engines: nor is one between two that are", () => {
  assert.throws(() => checkFloor({ node: "24.0.0", deno: "2.7.14" }), {
    message: "isonet needs Deno 2.5.7 or a newer 2.5, or 2.8.0 or newer; " +
      "this is 2.7.14",
  });
  checkFloor({ node: "24.0.0", deno: "2.5.99" });
  checkFloor({ node: "24.0.0", deno: "2.10.0" });
});

test("engines: releases to come are supported, and test builds", () => {
  for (const version of ["99.0.0", "99.0.0-canary.1", "99.1.0+c1b2a3d"]) {
    for (const name of names) checkFloor(versionsOf(name, version));
  }
});

test("import: fails on a release below the floor, and says why", async () => {
  const { stdout, stderr } = await runFixture("old_release", {
    args: ["0.9.12"],
  });
  assert.match(
    stdout,
    /^ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: isonet needs \w+ .*; this is 0\.9\.12\n$/,
    stderr,
  );
});

test("import: works on this release", async () => {
  const version = process.versions[runtimeName]!;
  const { stdout, stderr } = await runFixture("old_release", {
    args: [version],
  });
  assert.equal(stdout, "imported\n", stderr);
});
