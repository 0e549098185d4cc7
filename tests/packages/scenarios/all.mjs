/**
 * All scenarios, and what one is.
 *
 * @module
 */
import { basicFtp } from "./basic_ftp.mjs";
import { grpc } from "./grpc.mjs";
import { ioredis } from "./ioredis.mjs";
import { mqtt } from "./mqtt.mjs";
import { mysql2 } from "./mysql2.mjs";
import { nodemailer } from "./nodemailer.mjs";
import { pg } from "./pg.mjs";
import { ssh2 } from "./ssh2.mjs";
import { ws } from "./ws.mjs";

/**
 * @typedef {object} Scenario A package, used over the network.
 * @property {string} name Of the package.
 * @property {"postgres" | "mariadb" | "redis" | "grpc"} [service] What has to run.
 * @property {"option" | "drop-in"} way How it gets sockets of ours: by an
 *   option of its own, or by `net` being replaced.
 * @property {Record<string, (bed: import("../bed.mjs").Bed) => Promise<void>>}
 *   cases
 */

/** @type {readonly Scenario[]} */
export const scenarios = [
  ...[pg, mysql2, ioredis, nodemailer, basicFtp],
  ...[mqtt, grpc, ws, ssh2],
];

/** @param {string} name */
export function findScenario(name) {
  return scenarios.find((scenario) => scenario.name === name);
}
