/**
 * NATS, for `@nats-io/transport-node`.
 *
 * @module
 */

/** @type {import("./service.mjs").Service} */
export const nats = {
  title: "NATS",
  program: "nats-server",
  folders: ["/usr/sbin"],
  hint: "apt-get install nats-server",
  ready: /Server is ready/,
  command: ({ port, key, cert }) =>
    Promise.resolve([
      ...["nats-server", "--addr", "127.0.0.1", "--port", String(port)],
      ...["--tls", "--tlscert", cert, "--tlskey", key],
    ]),
};
