/**
 * A package that is written in CommonJS.
 */
"use strict";
const { createRequire } = require("node:module");

exports.modules = {
  "require()": require("net"),
  "require(), prefixed": require("node:net"),
  "module.require()": /** @type {any} */ (module).require("net"),
  "createRequire()": createRequire(__filename)("net"),
};
exports.load = () => import("net");
