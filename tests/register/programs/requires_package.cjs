/**
 * Prints what an ES module of a package gets that is loaded by `require`: it
 * imports `net`, another file, a file in CommonJS and one of JSON.
 */
"use strict";
const ours = require("./ours.cjs");
// By a name that no compiler resolves: the test writes the package.
const name = "written";
const { own, others, title } = require(name);

console.log(JSON.stringify({ ...ours({ own, others }), title }));
