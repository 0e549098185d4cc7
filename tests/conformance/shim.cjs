/**
 * What Node's newer test helpers use and Node 20 does not have yet.
 */
"use strict";
const util = require("node:util");
util.getCallSites ??= () => [];
