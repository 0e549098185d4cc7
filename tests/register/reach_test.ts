/**
 * What `isonet/register` reaches beyond the thread it is loaded in.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as module from "node:module";
import { runtimeName } from "../helpers/runtime.ts";
import { everyWay, projectOfTests, registerTest } from "./project.ts";

const project = projectOfTests();
const hasSyncHooks = "registerHooks" in module;

// Deno gives its flags to no worker and no child.
registerTest(
  "register: a worker thread has the flags of its parent on Node",
  async () => {
    assert.deepEqual(
      await project.json("children.mjs", { args: ["worker", "./esm.mjs"] }),
      everyWay(runtimeName === "node"),
    );
  },
);

registerTest("register: a worker thread can register by itself", async () => {
  assert.deepEqual(
    await project.json("children.mjs", {
      args: ["worker", "./first_import.mjs"],
    }),
    everyWay(true),
  );
});

registerTest("register: a worker thread of Bun takes a preload", {
  skip: runtimeName !== "bun",
}, async () => {
  const args = ["worker", "./esm.mjs", "isonet/register"];
  assert.deepEqual(
    await project.json("children.mjs", { flags: [], args }),
    everyWay(true),
  );
});

registerTest(
  "register: a child of fork() has the flags of its parent, but on Deno",
  async () => {
    assert.deepEqual(
      await project.json("children.mjs", { args: ["fork", "./cjs.cjs"] }),
      everyWay(runtimeName !== "deno"),
    );
  },
);

registerTest(
  "register: a cluster worker has the flags of its parent, but on Deno",
  async () => {
    assert.deepEqual(
      await project.json("children.mjs", { args: ["cluster", "./cjs.cjs"] }),
      everyWay(runtimeName !== "deno"),
    );
  },
);

registerTest(
  "register: an ES module of a package that is loaded by require()",
  async () => {
    project.write("node_modules/written/package.json", {
      ...{ name: "written", version: "1.0.0", type: "module" },
      ...{ main: "index.js" },
    });
    project.write(
      "node_modules/written/index.js",
      `import own from "net";
     import manifest from "./package.json" with { type: "json" };
     import others from "./others.js";
     import common from "common";
     export const title = manifest.name + common;
     export { others, own };`,
    );
    project.write(
      "node_modules/written/others.js",
      'import net from "node:net"; export default net;',
    );
    project.write("node_modules/common/index.js", 'module.exports = "!"');
    const reached = hasSyncHooks || runtimeName === "bun";
    assert.deepEqual(await project.json("requires_package.cjs"), {
      own: reached,
      others: reached,
      title: "written!",
    });
  },
);

registerTest("register: an ES module that is loaded by require()", async () => {
  // The hooks of module.register are not asked then.
  const reached = hasSyncHooks || runtimeName === "bun";
  assert.deepEqual(await project.json("requires_esm.cjs"), {
    "import": reached,
    "import, by name": reached,
    "import, prefixed": reached,
    "createRequire() of an ES module": true,
  });
});
