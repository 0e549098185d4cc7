/**
 * Prints which ways to ask for `net` get this package in an ES module that is
 * loaded by `require`.
 */
"use strict";
const { default: library } = require("./library.mjs");
const ours = require("./ours.cjs");

console.log(JSON.stringify(ours(library)));
