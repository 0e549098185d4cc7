/**
 * `ldapts` with a server of `ldapjs`.
 *
 * @module
 */
import assert from "node:assert/strict";

/** @type {import("../all.mjs").Scenario} */
export const ldapts = {
  name: "ldapts",
  others: ["ldapjs"],
  cases: {
    async "log in, search, log out"(bed) {
      const { createServer, InvalidCredentialsError } = bed.load("ldapjs");
      const server = createServer();
      server.bind("cn=user", (
        /** @type {any} */ request,
        /** @type {any} */ response,
        /** @type {Function} */ next,
      ) => {
        if (request.credentials !== "secret") {
          return next(new InvalidCredentialsError());
        }
        response.end();
        next();
      });
      server.search("dc=example", (
        /** @type {any} */ _,
        /** @type {any} */ response,
        /** @type {Function} */ next,
      ) => {
        for (let i = 0; i < 300; i++) {
          response.send({
            dn: `cn=${i},dc=example`,
            attributes: { cn: [`${i}`], objectclass: ["person"] },
          });
        }
        response.end();
        next();
      });
      await new Promise((resolve) => server.listen(0, bed.host, resolve));
      const { Client } = bed.load("ldapts");
      const client = new Client({ url: server.url });
      await assert.rejects(client.bind("cn=user", "wrong"), { code: 49 });
      await client.bind("cn=user", "secret");
      const { searchEntries } = await client.search("dc=example", {
        ...{ scope: "sub", filter: "(objectclass=person)" },
      });
      assert.equal(searchEntries.length, 300);
      assert.equal(searchEntries[299].cn, "299");
      await client.unbind();
      await new Promise((resolve) => server.close(resolve));
    },
  },
};
