/**
 * What the package lacks off Linux is refused with a clear error, and what it
 * has works.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDenoBefore, runtimeName } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { noSecondTransport } from "../helpers/transports.ts";

const UNAVAILABLE = "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM";

test("Off Linux: an option that cannot be had is refused, never ignored", {
  skip: isDenoBefore("2.8.0") && "process.platform cannot be replaced",
}, async () => {
  const { stdout, stderr } = await runFixture("off_linux", {
    args: [uniquePath(), uniquePath()],
  });
  assert.equal(stderr, "");
  const isBun = runtimeName === "bun";
  assert.deepEqual(JSON.parse(stdout), {
    "a port": "listening",
    "a port, with a backlog": isBun ? UNAVAILABLE : "listening",
    "a path": "listening",
    "a path, with a backlog": isBun ? UNAVAILABLE : "listening",
    "an abstract name": "EINVAL",
    "a bound socket": isBun || noSecondTransport ? UNAVAILABLE : "bound",
  });
});
