/**
 * Adds what Node's test helpers use and a runtime lacks.
 */
"use strict";
const process = require("node:process");
const util = require("node:util");

// Node 20.
util.getCallSites ??= () => [];

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
