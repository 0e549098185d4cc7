/**
 * Redis, for `ioredis` and `redis`.
 *
 * @module
 */

/** @type {import("./service.mjs").Service} */
export const redis = {
  title: "Redis",
  program: "redis-server",
  folders: ["/usr/bin"],
  hint: "apt-get install redis-server",
  user: "redis",
  ready: /Ready to accept connections/,
  command: ({ folder, port, plainPort, key, cert }) =>
    Promise.resolve([
      ...["redis-server", "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no"],
      ...["--port", String(plainPort), "--tls-port", String(port)],
      ...["--tls-key-file", key, "--tls-cert-file", cert],
      ...["--tls-ca-cert-file", cert, "--tls-auth-clients", "no"],
    ]),
};
