/**
 * What `require("net")` gives: one object, whose members can be replaced.
 */
"use strict";
const net = require("net");

const { isIP } = net;
/** @param {string} text */
net.isIP = (text) => isIP(text) + 100;
import("node:net").then((imported) => {
  console.log(JSON.stringify({
    same: net === require("node:net"),
    esModule: "__esModule" in net,
    replaced: require("node:net").isIP("::1"),
    replacedForDefault: imported.default.isIP("::1"),
  }));
});
