/**
 * Runs one of Node's tests on one runtime.
 *
 * @module
 */
import { join } from "node:path";
import { run } from "../../scripts/processes.mjs";
import { ROOT } from "../../scripts/runtimes.mjs";

/** Time limit of a test, in seconds. */
const LIMIT = 20;

/** The same of a test that runs alone. Some of them start 80 processes. */
const LIMIT_ALONE = 120;

/** Flags for the JavaScript engine rather than for Node. */
const ENGINE_FLAG = /^--(expose[-_]gc|max-old-space-size|allow-natives-syntax)/;

const SHIM = join(ROOT, "tests", "conformance", "shim.cjs");

/** The entries of `isonet/register`. */
const REGISTER = join(ROOT, "dist", "register", "lazy.js");
const REGISTER_DENO = join(ROOT, "dist", "register", "eager.js");

/**
 * The arguments and environment with which a runtime runs a test.
 *
 * @param {import("../../scripts/runtimes.mjs").Runtime} runtime
 * @param {import("./suite.mjs").Test} test
 * @param {string} file
 * @param {import("./suite.mjs").Way} way
 */
function command(runtime, test, file, way) {
  const engine = test.flags.filter((flag) => ENGINE_FLAG.test(flag));
  const node = test.flags.filter((flag) => !ENGINE_FLAG.test(flag));
  /** @type {Record<string, string>} */
  const env = { NODE_SKIP_FLAG_CHECK: "1", NODE_TEST_KNOWN_GLOBALS: "0" };
  const registers = way === "register";
  switch (runtime.name) {
    case "deno": {
      if (node.length > 0) env.NODE_OPTIONS = node.join(" ");
      const verb = test.usesRunner ? ["test", "--no-check"] : ["run"];
      // Children get no flags and so not the package. They would get it by
      // NODE_OPTIONS, but with a --require there Deno 2.9's cluster hangs.
      const preload = registers ? ["--import", REGISTER_DENO] : [];
      const v8 = engine.length > 0 ? [`--v8-flags=${engine.join(",")}`] : [];
      const flags = ["-A", "--unsafe-proto", ...preload, ...v8];
      return { args: [...verb, ...flags, file], env };
    }
    case "bun":
      return {
        args: [
          ...(test.usesRunner ? ["test"] : []),
          "--preload",
          SHIM,
          ...registers ? ["--preload", REGISTER] : [],
          ...test.flags,
          file,
        ],
        env,
      };
    case "node":
      return {
        args: [
          ...["--require", SHIM],
          ...registers ? ["--import", REGISTER] : [],
          ...test.flags,
          file,
        ],
        env,
      };
  }
}

/**
 * @param {import("../../scripts/runtimes.mjs").Runtime} runtime
 * @param {import("./suite.mjs").Test} test
 * @param {string} folder The copy of the suite.
 * @param {import("./suite.mjs").Way} way
 * @returns {Promise<{ passed: boolean; timedOut: boolean; output: string }>}
 */
export async function runTest(runtime, test, folder, way) {
  const file = join(folder, test.name);
  const { args, env } = command(runtime, test, file, way);
  // Tests that run at the same time use different files and ports by this
  // number.
  const id = String(counter = (counter + 1) % 1000);
  const result = await run(runtime.path, args, {
    cwd: folder,
    env: { ...env, TEST_THREAD_ID: id, TEST_SERIAL_ID: id },
    seconds: test.alone ? LIMIT_ALONE : LIMIT,
  });
  return {
    passed: result.code === 0 && !result.timedOut,
    timedOut: result.timedOut,
    output: result.output,
  };
}

let counter = 0;
