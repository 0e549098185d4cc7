/**
 * Packages that look for a free port.
 *
 * @module
 */
import assert from "node:assert/strict";

/** @type {import("../all.mjs").Scenario} */
export const getPort = {
  name: "get-port",
  cases: {
    async "a free port, and one that is taken"(bed) {
      const { default: getPort } = await bed.importFrom("get-port");
      const { server, port } = await bed.listen(() => {});
      const other = await getPort({ host: bed.host, port });
      assert.notEqual(other, port);
      assert.ok(other > 0);
      server.close();
    },
  },
};

/** @type {import("../all.mjs").Scenario} */
export const portfinder = {
  name: "portfinder",
  cases: {
    async "the next free port after one that is taken"(bed) {
      const { getPortPromise } = bed.load("portfinder");
      const { server, port } = await bed.listen(() => {});
      const next = await getPortPromise({ port, host: bed.host });
      assert.ok(next > port);
      server.close();
    },
  },
};
