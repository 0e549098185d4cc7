/**
 * What a case of a scenario works with.
 *
 * @module
 */
import { once } from "node:events";
import { createRequire } from "node:module";
import * as tls from "node:tls";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Given
 * @property {typeof import("node:net")} net This package, or the runtime's own.
 * @property {string} key
 * @property {string} cert For `localhost` and `127.0.0.1`, and its own authority.
 * @property {number} port Of the service, if the scenario has one.
 * @property {number} plainPort Of the service, if it has another one for what
 *   is not encrypted.
 */

const HOST = "127.0.0.1";

/** @param {Given} given */
export function createBed({ net, key, cert, port, plainPort }) {
  const require = createRequire(import.meta.url);
  /** Those that no package has made. */
  const servers = new Set();

  /**
   * An open connection, encrypted by an upgrade.
   *
   * @param {number} to
   * @param {tls.ConnectionOptions} [options]
   * @returns {Promise<tls.TLSSocket>}
   */
  async function connectSecurely(to, options = {}) {
    const plain = net.connect({ port: to, host: HOST });
    await once(plain, "connect");
    return upgrade(plain, options);
  }

  /**
   * The client's upgrade of a connection.
   *
   * @param {import("node:net").Socket} plain
   * @param {tls.ConnectionOptions} [options]
   */
  function upgrade(plain, options = {}) {
    return tls.connect({
      ...{ socket: plain, ca: cert, servername: "localhost" },
      ...options,
    });
  }

  /**
   * The server's upgrade of a connection.
   *
   * @param {import("node:net").Socket} plain
   * @param {tls.TLSSocketOptions} [options]
   */
  function upgradePeer(plain, options = {}) {
    return new tls.TLSSocket(plain, { isServer: true, key, cert, ...options });
  }

  /**
   * A server of the contestant's.
   *
   * @param {(socket: import("node:net").Socket) => void} listener
   * @param {import("node:net").ServerOpts} [options]
   */
  async function listen(listener, options = {}) {
    const server = net.createServer(options, listener);
    servers.add(server);
    server.listen(0, HOST);
    await once(server, "listening");
    const address = /** @type {import("node:net").AddressInfo} */ (
      server.address()
    );
    return { server, port: address.port };
  }

  return {
    ...{ net, key, cert, port, plainPort, host: HOST },
    ...{ connectSecurely, upgrade, upgradePeer, listen, servers },
    /**
     * A package under test; nothing is known of its types.
     *
     * @param {string} name
     * @returns {any}
     */
    load: (name) => require(name),
    /**
     * One that is written as ES modules.
     *
     * @param {string} name
     * @returns {Promise<any>}
     */
    importFrom: (name) => import(name),
    /** @param {string} path Of a file of a package. */
    fileOf: (path) =>
      fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url)),
  };
}

/** @typedef {ReturnType<typeof createBed>} Bed */
