/**
 * All scenarios, and what one is.
 *
 * @module
 */
import { ioredis } from "./databases/ioredis.mjs";
import { ldapts } from "./databases/ldapts.mjs";
import { mariadb } from "./databases/mariadb.mjs";
import { memjs } from "./databases/memjs.mjs";
import { mysql2 } from "./databases/mysql2.mjs";
import { pg } from "./databases/pg.mjs";
import { postgres } from "./databases/postgres.mjs";
import { redis } from "./databases/redis.mjs";
import { basicFtp, implicitFtp } from "./files/basic_ftp.mjs";
import { ssh2 } from "./files/ssh2.mjs";
import { imapflow } from "./mail/imapflow.mjs";
import { nodemailer } from "./mail/nodemailer.mjs";
import { amqplib } from "./messages/amqplib.mjs";
import { grpc } from "./messages/grpc.mjs";
import { modbusSerial } from "./messages/modbus_serial.mjs";
import { mqtt } from "./messages/mqtt.mjs";
import { nats } from "./messages/nats.mjs";
import { rhea } from "./messages/rhea.mjs";
import { vscodeJsonrpc } from "./messages/vscode_jsonrpc.mjs";
import { axios, nodeFetch } from "./web/clients.mjs";
import { getPort, portfinder } from "./web/ports.mjs";
import { httpsProxyAgent, socks } from "./web/proxies.mjs";
import { undici } from "./web/undici.mjs";
import { ws } from "./web/ws.mjs";

/**
 * @typedef {object} Scenario A package, used over the network.
 * @property {string} name Of the package.
 * @property {string[]} [others] Packages that it is used with.
 * @property {boolean} [continues] Whether the page has its cases below those of
 *   the scenario before it, as the same package.
 * @property {"register" | "register/all" | "option"} [way] How it gets sockets
 *   of this package: by the module that is loaded first, `register` if left out,
 *   or by an option of its own.
 * @property {keyof typeof import("../services/all.mjs").services} [service]
 *   What has to run.
 * @property {Record<string, (bed: import("../bed.mjs").Bed) => Promise<void>>}
 *   cases
 */

/** Those that take a socket from their caller, without anything loaded first. */
const byOption = [pg, mysql2, ssh2, ws].map((scenario) => ({
  ...scenario,
  name: `${scenario.name}, by option`,
  way: /** @type {const} */ ("option"),
}));

/** @type {readonly Scenario[]} */
export const scenarios = [
  ...[pg, postgres, mysql2, mariadb, ioredis, redis, memjs, ldapts],
  ...[nodemailer, imapflow, basicFtp, implicitFtp, ssh2],
  ...[mqtt, amqplib, rhea, nats, grpc, vscodeJsonrpc, modbusSerial],
  ...[ws, undici, httpsProxyAgent, socks, getPort, portfinder],
  ...[axios, nodeFetch, ...byOption],
];

/** @param {string} name */
export function findScenario(name) {
  return scenarios.find((scenario) => scenario.name === name);
}
