/**
 * Mosquitto, for `mqtt`.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** @type {import("./service.mjs").Service} */
export const mosquitto = {
  title: "Mosquitto",
  program: "mosquitto",
  folders: ["/usr/sbin"],
  hint: "apt-get install mosquitto",
  ready: /mosquitto version .* running/,
  command({ folder, port, plainPort, key, cert }) {
    const file = join(folder, "mosquitto.conf");
    writeFileSync(
      file,
      [
        "allow_anonymous true",
        "user root",
        `listener ${plainPort} 127.0.0.1`,
        `listener ${port} 127.0.0.1`,
        `certfile ${cert}`,
        `keyfile ${key}`,
        "",
      ].join("\n"),
    );
    return Promise.resolve(["mosquitto", "-c", file, "-v"]);
  },
};
