/**
 * `isonet/register` for Deno, which cannot be given the path of an ES module
 * by `--require`.
 */
"use strict";
const entry = "../../dist/register/eager.js";

require(entry);
