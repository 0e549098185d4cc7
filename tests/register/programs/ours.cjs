/**
 * Whether modules of `net` are this package's.
 */
"use strict";

// By a name that no compiler resolves: there is no such package in here.
const name = "isonet";
const { Socket } = require(name);

/**
 * @param {Record<string, any>} modules
 * @returns {Record<string, boolean>}
 */
module.exports = (modules) =>
  Object.fromEntries(
    Object.entries(modules).map(([key, net]) => [key, net?.Socket === Socket]),
  );
