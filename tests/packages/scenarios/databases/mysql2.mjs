/**
 * `mysql2` with MariaDB: greetings in plain text, then TLS.
 *
 * @module
 */
import assert from "node:assert/strict";

const LARGE = Buffer.alloc(4 << 20, "large value ");

/** @type {import("../all.mjs").Scenario} */
export const mysql2 = {
  name: "mysql2",
  service: "mariadb",
  cases: {
    async "queries, large values, rows as a stream"(bed) {
      const { net, host, port, cert } = bed;
      const connection = bed.load("mysql2").createConnection({
        ...{ user: "isonet", password: "secret", database: "isonet" },
        ssl: { ca: cert },
        stream: () => net.connect(port, host),
      });
      const promised = connection.promise();
      const [[status]] = await promised.query("show status like 'Ssl_cipher'");
      assert.notEqual(status.Value, "");
      await promised.query("create temporary table t (n int, data longblob)");
      await promised.execute("insert into t values (?, ?)", [1, LARGE]);
      const [[row]] = await promised.query("select data from t");
      assert.ok(LARGE.equals(row.data));
      let count = 0;
      const stream = connection.query("select seq from seq_1_to_20000")
        .stream();
      for await (const { seq } of stream) assert.equal(seq, ++count);
      assert.equal(count, 20_000);
      await promised.end();
    },
  },
};
