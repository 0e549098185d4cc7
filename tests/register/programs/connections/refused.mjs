/**
 * Prints how connections behave that the runtime's modules open: errors, and
 * what `tls.connect` does besides connecting.
 */
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

const host = "127.0.0.1";

/** A server that says nothing. */
async function listen() {
  const server = net.createServer((socket) => socket.unref());
  server.listen(0, host);
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return { server, port };
}

/** @param {import("node:events").EventEmitter} emitter */
async function errorOf(emitter) {
  const [error] = await once(emitter, "error");
  return error.code;
}

/** @param {tls.TLSSocket} socket */
async function destroy(socket) {
  socket.destroy();
  await once(socket, "close");
}

const free = await listen();
free.server.close();
await once(free.server, "close");
/** @type {Record<string, unknown>} */
const found = {
  tls: await errorOf(tls.connect({ port: free.port, host })),
  path: await errorOf(tls.connect({ path: "/nowhere/at/all" })),
  https: await errorOf(https.get({ port: free.port, host })),
  http: await errorOf(http.get({ port: free.port, host })),
  http2: await errorOf(http2.connect(`http://${host}:${free.port}`)),
  "http2 over TLS": await errorOf(
    http2.connect(`https://${host}:${free.port}`),
  ),
};
const { server, port } = await listen();

await destroy(tls.connect({ port, host }));

const named = tls.connect({
  ...{ port, host: "somewhere" },
  lookup(name, { all }, callback) {
    found.asked = name;
    if (all) callback(null, [{ address: host, family: 4 }]);
    else callback(null, host, 4);
  },
});
await once(named, "connect");
found.remoteAddress = named.remoteAddress;
found.address = Object.keys(named.address()).sort();
await destroy(named);

const controller = new AbortController();
// Its type has no `signal`.
const options = { port, host, signal: controller.signal };
const aborted = tls.connect(/** @type {any} */ (options));
await once(aborted, "connect");
controller.abort();
found.aborted = await errorOf(aborted);

const idle = tls.connect({ port, host, timeout: 50 });
await once(idle, "timeout");
await destroy(idle);

// It does not keep the process running.
const kept = tls.connect({ port, host });
await once(kept, "connect");
kept.unref();
server.close();
server.unref();
console.log(JSON.stringify(found));
