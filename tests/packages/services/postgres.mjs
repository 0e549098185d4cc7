/**
 * PostgreSQL, for `pg` and `postgres`.
 *
 * @module
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @type {import("./service.mjs").Service} */
export const postgres = {
  title: "PostgreSQL",
  program: "initdb",
  folders: ["/usr/lib/postgresql/*/bin"],
  hint: "apt-get install postgresql",
  user: "postgres",
  ready: /ready to accept connections/,
  async command({ folder, port, key, cert, prepare }) {
    const data = join(folder, "data");
    const password = join(folder, "password");
    writeFileSync(password, "secret", { mode: 0o644 });
    await prepare("initdb", [
      ...["--pgdata", data, "--username", "isonet", "--pwfile", password],
      ...["--encoding", "UTF8", "--locale", "C", "--no-sync"],
    ]);
    const settings = {
      ...{ listen_addresses: "127.0.0.1", port },
      ...{ unix_socket_directories: folder, fsync: "off" },
      ...{ ssl: "on", ssl_cert_file: cert, ssl_key_file: key },
    };
    appendFileSync(
      join(data, "postgresql.conf"),
      Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
        .join(""),
    );
    writeFileSync(
      join(data, "pg_hba.conf"),
      "host all all 127.0.0.1/32 scram-sha-256\n",
    );
    return ["postgres", "-D", data];
  },
};
