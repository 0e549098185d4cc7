/**
 * `mariadb` with MariaDB: greetings in plain text, then TLS.
 *
 * @module
 */
import assert from "node:assert/strict";

const LARGE = Buffer.alloc(4 << 20, "large value ");

/** @type {import("../all.mjs").Scenario} */
export const mariadb = {
  name: "mariadb",
  service: "mariadb",
  cases: {
    async "a pool, large values, rows as a stream"(bed) {
      const { default: driver } = await bed.importFrom("mariadb");
      const pool = driver.createPool({
        ...{ host: bed.host, port: bed.port, database: "isonet" },
        ...{ user: "isonet", password: "secret", connectionLimit: 3 },
        ...{ ssl: { ca: bed.cert }, maxAllowedPacket: 64 << 20 },
      });
      const rows = await Promise.all(
        Array.from({ length: 20 }, (_, i) => pool.query("select ? as n", [i])),
      );
      rows.forEach(([{ n }], i) => assert.equal(Number(n), i));
      const connection = await pool.getConnection();
      await connection.query("create temporary table t (n int, data longblob)");
      await connection.execute("insert into t values (?, ?)", [1, LARGE]);
      const [row] = await connection.query("select data from t");
      assert.ok(LARGE.equals(row.data));
      let count = 0;
      const stream = connection.queryStream("select seq from seq_1_to_20000");
      for await (const { seq } of stream) assert.equal(Number(seq), ++count);
      assert.equal(count, 20_000);
      await connection.release();
      await pool.end();
    },
  },
};
