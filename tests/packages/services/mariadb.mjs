/**
 * MariaDB, for `mysql2` and `mariadb`.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** @type {import("./service.mjs").Service} */
export const mariadb = {
  title: "MariaDB",
  program: "mariadbd",
  folders: ["/usr/sbin"],
  hint: "apt-get install mariadb-server",
  user: "mysql",
  ready: /ready for connections/,
  async command({ folder, port, key, cert, prepare }) {
    const data = join(folder, "data");
    await prepare("mariadb-install-db", [
      ...["--no-defaults", `--datadir=${data}`, "--skip-test-db"],
      "--auth-root-authentication-method=normal",
    ]);
    const first = join(folder, "first.sql");
    // Encrypted, or not at all.
    writeFileSync(
      first,
      [
        "CREATE DATABASE isonet;",
        "CREATE USER 'isonet'@'127.0.0.1' IDENTIFIED BY 'secret' REQUIRE SSL;",
        "GRANT ALL ON isonet.* TO 'isonet'@'127.0.0.1';",
      ].join("\n"),
    );
    return [
      ...["mariadbd", "--no-defaults", `--datadir=${data}`],
      ...["--bind-address=127.0.0.1", `--port=${port}`, "--skip-name-resolve"],
      ...[`--socket=${join(folder, "s")}`, `--pid-file=${join(folder, "pid")}`],
      ...[`--ssl-cert=${cert}`, `--ssl-key=${key}`, `--init-file=${first}`],
      ...["--max-allowed-packet=64M", "--innodb-flush-log-at-trx-commit=0"],
    ];
  },
};
