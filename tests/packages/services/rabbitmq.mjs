/**
 * RabbitMQ, for `amqplib`.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./service.mjs";

/** @type {import("./service.mjs").Service} */
export const rabbitmq = {
  title: "RabbitMQ",
  program: "rabbitmq-server",
  folders: ["/usr/lib/rabbitmq/bin"],
  hint: "apt-get install rabbitmq-server",
  user: "rabbitmq",
  ready: /completed with \d+ plugins/,
  async command({ folder, port, plainPort }) {
    const file = join(folder, "rabbitmq.conf");
    writeFileSync(
      file,
      [
        `listeners.tcp.1 = 127.0.0.1:${port}`,
        "loopback_users.guest = true",
        "",
      ].join("\n"),
    );
    const settings = {
      HOME: folder,
      RABBITMQ_NODENAME: `isonet${port}@localhost`,
      RABBITMQ_CONFIG_FILE: file,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
      RABBITMQ_MNESIA_BASE: join(folder, "data"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
      RABBITMQ_LOGS: "-",
      RABBITMQ_DIST_PORT: String(plainPort),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      ERL_EPMD_PORT: String(await freePort()),
    };
    const text = Object.entries(settings).map(([name, value]) =>
      `${name}=${value}`
    );
    const [folderOfProgram = ""] = this.folders;
    // The one on the PATH asks for another user.
    const program = join(folderOfProgram, this.program);
    // Started by RabbitMQ, the daemon of Erlang would stay behind.
    const script = 'epmd & exec "$0"';
    return ["env", ...text, "sh", "-c", script, program];
  },
};
