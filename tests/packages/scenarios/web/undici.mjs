/**
 * `undici` with a server of `node:http`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";

/** @type {import("../all.mjs").Scenario} */
export const undici = {
  name: "undici",
  cases: {
    async "requests, pipelining, fetch, a large body"(bed) {
      const web = http.createServer((request, response) => {
        if (request.method === "POST") request.pipe(response);
        else response.end(`this is ${request.url}`);
      });
      web.listen(0, bed.host);
      await once(web, "listening");
      const address = /** @type {import("node:net").AddressInfo} */ (
        web.address()
      );
      // By its path: of the name, Bun makes a package of its own.
      const { fetch, Agent } = bed.load(bed.fileOf("undici/index.js"));
      const agent = new Agent({ connections: 2, pipelining: 4 });
      const origin = `http://${bed.host}:${address.port}`;
      const texts = await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const { body } = await agent.request({
            ...{ origin, path: `/${i}`, method: "GET" },
          });
          return body.text();
        }),
      );
      texts.forEach((text, i) => assert.equal(text, `this is /${i}`));
      const large = Buffer.alloc(4 << 20, "large ");
      const response = await fetch(origin, {
        ...{ method: "POST", body: large, dispatcher: agent },
      });
      assert.ok(large.equals(Buffer.from(await response.arrayBuffer())));
      await agent.close();
      web.close();
    },
  },
};
