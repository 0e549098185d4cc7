/**
 * Prints which ways to ask for `net` get this package.
 */
"use strict";
const process = require("node:process");
const common = require("./library.cjs");
const ours = require("./ours.cjs");

(async () => {
  const { default: modern } = await import("./library.mjs");
  console.log(JSON.stringify(ours({
    ...common.modules,
    ...modern,
    "import()": await import("net"),
    "import() of CommonJS": await common.load(),
    "getBuiltinModule": process.getBuiltinModule("net"),
    "getBuiltinModule, prefixed": process.getBuiltinModule("node:net"),
  })));
})();
