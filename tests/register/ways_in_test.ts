/**
 * The ways to load `isonet/register`.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as module from "node:module";
import process from "node:process";
import { test } from "node:test";
import { runtimeName } from "../helpers/runtime.ts";
import {
  everyWay,
  noHooks,
  PRELOAD,
  projectOfTests,
  registerTest,
} from "./project.ts";

const project = projectOfTests();
const hasSyncHooks = "registerHooks" in module;
const knows = (flag: string) => process.allowedNodeEnvironmentFlags.has(flag);

registerTest(
  "register: reaches ES modules and CommonJS, from an ES module",
  async () => {
    assert.deepEqual(await project.json("esm.mjs"), everyWay(true));
  },
);

registerTest(
  "register: reaches ES modules and CommonJS, from CommonJS",
  async () => {
    assert.deepEqual(await project.json("cjs.cjs"), everyWay(true));
  },
);

registerTest("register: nothing is reached without it", async () => {
  assert.deepEqual(
    await project.json("esm.mjs", { flags: [] }),
    everyWay(false),
  );
});

registerTest("register: by --require", async () => {
  const specifier = runtimeName === "deno"
    ? "npm:isonet/register"
    : "isonet/register";
  assert.deepEqual(
    await project.json("esm.mjs", { flags: ["--require", specifier] }),
    everyWay(true),
  );
});

registerTest("register: by require() as the first line", async () => {
  assert.deepEqual(
    await project.json("first_line.cjs", { flags: [] }),
    everyWay(true),
  );
});

registerTest("register: by import() before anything else", async () => {
  assert.deepEqual(
    await project.json("first_import.mjs", { flags: [] }),
    everyWay(true),
  );
});

registerTest("register: by an environment variable", async () => {
  const [name, value] = {
    node: ["NODE_OPTIONS", "--import isonet/register"],
    bun: ["BUN_OPTIONS", "--preload isonet/register"],
    deno: ["NODE_OPTIONS", "--require npm:isonet/register"],
  }[runtimeName] as [string, string];
  const env = { [name]: value };
  assert.deepEqual(
    await project.json("esm.mjs", { flags: [], env }),
    everyWay(true),
  );
  assert.deepEqual(
    await project.json("children.mjs", {
      flags: [],
      env,
      args: ["fork", "./cjs.cjs"],
    }),
    everyWay(true),
    "in a child",
  );
});

registerTest(
  "register: by bunfig.toml",
  { skip: runtimeName !== "bun" },
  async () => {
    project.write("bunfig.toml", 'preload = ["isonet/register"]\n');
    try {
      assert.deepEqual(
        await project.json("esm.mjs", { flags: [] }),
        everyWay(true),
      );
    } finally {
      project.write("bunfig.toml", "");
    }
  },
);

registerTest("register: twice is as good as once", async () => {
  assert.deepEqual(
    await project.json("first_line.cjs", { flags: PRELOAD }),
    everyWay(true),
  );
});

registerTest(
  "register: needs no permission to register on Deno but what net needs",
  {
    skip: runtimeName !== "deno",
  },
  async () => {
    const flags = ["--allow-net", ...PRELOAD];
    const { text } = await project.json("neighbours.mjs", { flags }) as {
      text: string;
    };
    assert.equal(text, "echo");
  },
);

registerTest("register: what it needs under Node's permission model", {
  skip: runtimeName !== "node",
}, async () => {
  const flags = [
    // It was experimental before 22.13 and 23.5.
    knows("--permission") ? "--permission" : "--experimental-permission",
    "--allow-fs-read=*",
    ...knows("--allow-net") ? ["--allow-net"] : [],
    // For the hooks' thread.
    ...hasSyncHooks ? [] : ["--allow-worker"],
    ...PRELOAD,
  ];
  assert.deepEqual(await project.json("esm.mjs", { flags }), everyWay(true));
});

registerTest("register: a connect that Node denies fails as with its own net", {
  skip: runtimeName !== "node" || !knows("--allow-net"),
}, async () => {
  for (const target of ["9", "/nowhere/at/all"]) {
    const denied = (...flags: string[]) =>
      project.json("connections/denied.mjs", {
        flags: ["--permission", "--allow-fs-read=*", ...flags],
        args: [target],
      });
    const own = await denied() as { code: string };
    assert.equal(own.code, "ERR_ACCESS_DENIED");
    assert.deepEqual(await denied(...PRELOAD), own);
  }
});

registerTest("register: by the module as JSR has it", {
  skip: runtimeName !== "deno",
}, async () => {
  const url = new URL("../../register/eager.ts", import.meta.url).href;
  const { text } = await project.json("neighbours.mjs", {
    flags: ["--allow-net", "--import", url],
  }) as { text: string };
  assert.equal(text, "echo");
});

test("register: says what it needs where there are no hooks", {
  skip: !noHooks,
}, async () => {
  const { stderr } = await project.run("first_import.mjs", { flags: [] });
  assert.match(stderr, /isonet\/register needs module\.registerHooks/);
});
