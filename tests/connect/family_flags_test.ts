/**
 * Node's flags for address-family selection in `NODE_OPTIONS`, the only place
 * where a program can read them on every runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runFixture } from "../helpers/spawn.ts";

const timeout = "--network-family-autoselection-attempt-timeout";

for (
  const [flags, expected] of [
    ["", "true 500"],
    ["--no-network-family-autoselection", "false 500"],
    ["--no-enable-network-family-autoselection", "false 500"],
    [
      "--no-network-family-autoselection --network-family-autoselection",
      "true 500",
    ],
    [`${timeout}=123`, "true 123"],
    [`${timeout} 700 ${timeout}=77`, "true 77"],
    [
      `${timeout}=99 --no-network-family-autoselection --no-warnings`,
      "false 99",
    ],
  ] as const
) {
  test(`NODE_OPTIONS="${flags}": sets the defaults of address-family selection`, async () => {
    const { stdout, stderr } = await runFixture("family_defaults", {
      permissions: ["--deny-ffi"],
      env: { NODE_OPTIONS: flags },
    });
    assert.equal(stderr, "");
    assert.equal(stdout.trim(), expected);
  });
}
