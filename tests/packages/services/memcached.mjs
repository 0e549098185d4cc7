/**
 * Memcached, for `memjs`.
 *
 * @module
 */

/** @type {import("./service.mjs").Service} */
export const memcached = {
  title: "Memcached",
  program: "memcached",
  folders: ["/usr/bin"],
  hint: "apt-get install memcached",
  user: "nobody",
  ready: /server listening/,
  command: ({ port }) =>
    Promise.resolve([
      ...["memcached", "-vv", "-l", "127.0.0.1", "-p", String(port)],
      ...["-I", "8m"],
    ]),
};
