/**
 * Adds what Node's test helpers use and a runtime lacks.
 */
"use strict";
const process = require("node:process");
const util = require("node:util");

// Node 20.
util.getCallSites ??= () => [];

// The suite's helper reads it. Node 26 then warns that it needs a file, which no
// test of the suite (25.8.1) expects.
if (Number(process.versions.node.split(".")[0]) > 25) {
  Reflect.deleteProperty(globalThis, "localStorage");
}

// Bun 1.4 never calls async hooks. The helper that checks whether an object was
// collected needs `init` and `destroy` of an AsyncResource.
if (process.versions.bun) {
  const hooks = require("node:async_hooks");
  const { AsyncResource } = hooks;
  const enabled = new Set();
  const collected = new FinalizationRegistry((id) => {
    for (const hook of enabled) hook.destroy?.(id);
  });
  let last = 0;
  hooks.createHook = (callbacks) => ({
    ...callbacks,
    enable() {
      enabled.add(this);
      return this;
    },
    disable() {
      enabled.delete(this);
      return this;
    },
  });
  hooks.AsyncResource = class extends AsyncResource {
    /**
     * @param {string} type
     * @param {object} [options]
     */
    /**
     * @param {string} type
     * @param {import("node:async_hooks").AsyncResourceOptions} [options]
     */
    constructor(type, options) {
      super(type, options);
      const id = ++last;
      for (const hook of enabled) hook.init?.(id, type);
      collected.register(this, id);
    }
  };
}
