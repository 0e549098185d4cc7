/**
 * What code gets from `net` under `isonet/register`.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as module from "node:module";
import { runtimeName } from "../helpers/runtime.ts";
import { PRELOAD, projectOfTests, registerTest } from "./project.ts";

const project = projectOfTests();
/** What Node 23.0 prints, once, when a package loads an ES module by `require`. */
const REQUIRE_WARNING =
  /^\(node:\d+\) ExperimentalWarning: Support for loading ES Module in require\(\) .*\n\(Use `node --trace-warnings .*\n/;
const hasSyncHooks = "registerHooks" in module;

registerTest(
  "register: require('net') is one object with members that can be replaced",
  async () => {
    assert.deepEqual(await project.json("default_object.cjs"), {
      same: true,
      esModule: false,
      replaced: 106,
      replacedForDefault: 106,
    });
  },
);

registerTest(
  "register: sockets of tls and http are instances of net's classes",
  async () => {
    assert.deepEqual(await project.json("neighbours.mjs"), {
      text: "echo",
      socket: true,
      tlsSocket: true,
      tlsServer: true,
      httpServer: "function",
    });
  },
);

registerTest("register: several imports and a require at a time", async () => {
  assert.equal(await project.json("side_by_side.mjs"), 5);
});

registerTest("register: require() of other files goes on working", async () => {
  project.write("json.cjs", 'console.log(require("./package.json").name)');
  const { stdout, stderr } = await project.run("json.cjs");
  assert.equal(stdout, "project\n");
  assert.equal(stderr.replace(REQUIRE_WARNING, ""), "");
});

registerTest("register: the package is loaded when somebody asks for net", {
  skip: runtimeName !== "node" || !hasSyncHooks,
}, async () => {
  const flags = ["--import", "./count_loads.mjs", ...PRELOAD];
  assert.equal(await project.json("idle.mjs", { flags }), false);
  assert.equal(
    await project.json("idle.mjs", { flags, args: ["net"] }),
    true,
  );
});

registerTest("register: loads none of Node's own network modules until then", {
  skip: runtimeName !== "node" || !hasSyncHooks,
}, async () => {
  assert.deepEqual(
    await project.json("builtins.mjs"),
    await project.json("builtins.mjs", { flags: [] }),
  );
});
