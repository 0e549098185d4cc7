/**
 * `pg` with PostgreSQL: a line of plain text, then TLS.
 *
 * @module
 */
import assert from "node:assert/strict";

/** @param {import("../../bed.mjs").Bed} bed */
function optionsOf({ net, port, host, cert }) {
  return {
    ...{ host, port, user: "isonet", password: "secret" },
    database: "postgres",
    ssl: { ca: cert, servername: "localhost" },
    stream: () => new net.Socket(),
  };
}

const LARGE = "large value ".repeat(400_000);

/** @type {import("../all.mjs").Scenario} */
export const pg = {
  name: "pg",
  service: "postgres",
  cases: {
    async "queries"(bed) {
      const { Client } = bed.load("pg");
      const client = new Client(optionsOf(bed));
      await client.connect();
      const { rows } = await client.query(
        "select ssl, $1::int + 1 as sum from pg_stat_ssl where pid = pg_backend_pid()",
        [41],
      );
      assert.deepEqual(rows, [{ ssl: true, sum: 42 }]);
      const large = await client.query("select $1::text as text", [LARGE]);
      assert.ok(large.rows[0].text === LARGE);
      await assert.rejects(client.query("select nothing"), { code: "42703" });
      await client.end();
    },
    async "a pool, and a server that ends connections"(bed) {
      const { Pool } = bed.load("pg");
      const pool = new Pool({ ...optionsOf(bed), max: 4 });
      /** @type {Error[]} */
      const errors = [];
      pool.on("error", (/** @type {Error} */ error) => errors.push(error));
      const sums = await Promise.all(
        Array.from(
          { length: 40 },
          (_, i) => pool.query("select $1::int * 2 as double", [i]),
        ),
      );
      sums.forEach(({ rows }, i) => assert.equal(rows[0].double, 2 * i));
      const client = await pool.connect();
      const ended = new Promise((resolve) => client.once("end", resolve));
      await assert.rejects(
        client.query("select pg_terminate_backend(pg_backend_pid())"),
        { code: "57P01" },
      );
      client.on("error", () => {});
      client.release(true);
      await ended;
      const { rows } = await pool.query("select 1 as one");
      assert.deepEqual(rows, [{ one: 1 }]);
      await pool.end();
      assert.deepEqual(errors, []);
    },
  },
};
