/**
 * `postgres` with PostgreSQL.
 *
 * @module
 */
import assert from "node:assert/strict";

/**
 * @param {import("../../bed.mjs").Bed} bed
 * @param {object | false} ssl
 */
async function connect(bed, ssl) {
  // Bun would load it as an ES module by `require` as well.
  const { default: postgres } = await bed.importFrom("postgres");
  return postgres({
    ...{ host: bed.host, port: bed.port, ssl, max: 3 },
    ...{ user: "isonet", password: "secret", database: "postgres" },
  });
}

const LARGE = "large value ".repeat(200_000);

/** @param {any} sql */
async function visit(sql) {
  const sums = await Promise.all(
    Array.from({ length: 30 }, (_, i) => sql`select ${i}::int * 2 as double`),
  );
  sums.forEach(([row], i) => assert.equal(row.double, 2 * i));
  const [row] = await sql`select ${LARGE}::text as text`;
  assert.ok(row.text === LARGE);
  await assert.rejects(sql`select nothing`, { code: "42703" });
  let count = 0;
  for await (
    const rows of sql`select * from generate_series(1, 5000) as n`.cursor(500)
  ) count += rows.length;
  assert.equal(count, 5000);
}

/** @type {import("../all.mjs").Scenario} */
export const postgres = {
  name: "postgres",
  service: "postgres",
  cases: {
    async "a pool, a cursor, large values"(bed) {
      const sql = await connect(bed, false);
      await visit(sql);
      await sql.end();
    },
    async "the same over TLS, from the middle of a conversation"(bed) {
      const sql = await connect(bed, { ca: bed.cert, servername: "localhost" });
      await visit(sql);
      const [{ ssl }] =
        await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
      assert.equal(ssl, true);
      await sql.end();
    },
    async "listen and notify"(bed) {
      const sql = await connect(bed, false);
      /** @type {(text: string) => void} */
      let hear = () => {};
      const heard = new Promise((resolve) => hear = resolve);
      await sql.listen("news", hear);
      await sql.notify("news", "hello");
      assert.equal(await heard, "hello");
      await sql.end();
    },
  },
};
