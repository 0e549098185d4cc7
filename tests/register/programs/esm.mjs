/**
 * Prints which ways to ask for `net` get this package.
 */
import common from "./library.cjs";
import modern from "./library.mjs";
import ours from "./ours.cjs";
import process from "node:process";

console.log(JSON.stringify(ours({
  ...common.modules,
  ...modern,
  "import()": await import("net"),
  "import() of CommonJS": await common.load(),
  "getBuiltinModule": process.getBuiltinModule("net"),
  "getBuiltinModule, prefixed": process.getBuiltinModule("node:net"),
})));
