/**
 * Clients of HTTP, which leave connecting to `node:http` and `node:https`, so
 * they run under `isonet/register/all`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";

const LARGE = Buffer.alloc(2 << 20, "large ");

/**
 * A server that sends back what it gets, and two URLs of it.
 *
 * @param {import("../../bed.mjs").Bed} bed
 * @param {(url: string) => Promise<void>} visit
 */
async function serve({ key, cert, host }, visit) {
  /** @type {http.RequestListener} */
  const echo = (request, response) => {
    request.pipe(response);
  };
  for (
    const server of [
      http.createServer(echo),
      https.createServer({ key, cert }, echo),
    ]
  ) {
    server.listen(0, host);
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (
      server.address()
    );
    const protocol = server instanceof https.Server ? "https" : "http";
    await visit(`${protocol}://localhost:${port}`);
    server.close();
    server.closeAllConnections();
  }
}

/** @param {import("../../bed.mjs").Bed} bed */
function createAgents({ cert }) {
  const httpAgent = new http.Agent({ keepAlive: true });
  const httpsAgent = new https.Agent({ keepAlive: true, ca: cert });
  return { httpAgent, httpsAgent };
}

/** @type {import("../all.mjs").Scenario} */
export const axios = {
  name: "axios",
  way: "register/all",
  cases: {
    async "http and https, connections that are kept"(bed) {
      const { default: axios } = await bed.importFrom("axios");
      const agents = createAgents(bed);
      await serve(bed, async (url) => {
        for (let i = 0; i < 3; i++) {
          const { data } = await axios.post(url, LARGE, {
            ...{ ...agents, adapter: "http", responseType: "arraybuffer" },
          });
          assert.ok(LARGE.equals(data));
        }
      });
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  },
};

/** @type {import("../all.mjs").Scenario} */
export const nodeFetch = {
  name: "node-fetch",
  way: "register/all",
  cases: {
    async "http and https, connections that are kept"(bed) {
      // By its path: of the name, Bun makes a module of its own.
      const path = bed.fileOf("node-fetch/src/index.js");
      const { default: fetch } = await bed.importFrom(path);
      const { httpAgent, httpsAgent } = createAgents(bed);
      await serve(bed, async (url) => {
        const agent = url.startsWith("https") ? httpsAgent : httpAgent;
        for (let i = 0; i < 3; i++) {
          const response = await fetch(url, {
            ...{ method: "POST", body: LARGE, agent },
          });
          const body = Buffer.from(await response.arrayBuffer());
          assert.ok(LARGE.equals(body));
        }
      });
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  },
};
