/**
 * Prints which of the connections that the runtime's modules open are this
 * package's. Its argument is the certificate of its servers, as JSON.
 */
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import process from "node:process";
import tls, { connect } from "node:tls";

const { key, cert } = JSON.parse(process.argv[2] ?? "");
const host = "127.0.0.1";
/** The class, by a name that no compiler resolves. */
const name = "isonet";
const { Socket } = await import(name);

let ours = 0;
subscribe("net.client.socket", (message) => {
  const { socket } = /** @type {{ socket: object }} */ (message);
  if (socket.constructor === Socket) ours++;
});

/** @param {import("node:net").Server} server */
async function listen(server) {
  server.listen(0, host);
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (
    server.address()
  );
  return address.port;
}

/** @param {NodeJS.ReadableStream} stream */
async function read(stream) {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}

const answer = (
  /** @type {unknown} */ _,
  /** @type {http.ServerResponse} */ response,
) => response.end("hello");
const plain = http.createServer(answer);
const secure = https.createServer({ key, cert }, answer);
const plain2 = http2.createServer();
const secure2 = http2.createSecureServer({ key, cert });
for (const server of [plain2, secure2]) {
  server.on("stream", (/** @type {http2.ServerHttp2Stream} */ stream) => {
    stream.respond({ ":status": 200 });
    stream.end("hello");
  });
}
const raw = tls.createServer({ key, cert }, (socket) => socket.end("hello"));
const [port, securePort, port2, securePort2, rawPort] = await Promise.all(
  [plain, secure, plain2, secure2, raw].map((server) =>
    listen(/** @type {any} */ (server))
  ),
);
const trust = { ca: cert, servername: "localhost" };

/** @param {http.ClientRequest} request */
async function readResponse(request) {
  const [response] = await once(request, "response");
  return read(response);
}

/** @param {http2.ClientHttp2Session} session */
async function readStream(session) {
  const text = await read(session.request({ ":path": "/" }));
  session.close();
  await once(session, "close");
  return text;
}

const agent = new http.Agent({ keepAlive: true });
const secureAgent = new https.Agent({ keepAlive: true });
/** @type {Record<string, () => Promise<string>>} */
const WAYS = {
  "http": () => readResponse(http.get({ host, port })),
  "http, kept alive": () => readResponse(http.get({ host, port, agent })),
  "http, again": () => readResponse(http.get({ host, port, agent })),
  "https": () => readResponse(https.get({ host, port: securePort, ...trust })),
  "https, kept alive": () =>
    readResponse(
      https.get({ host, port: securePort, ...trust, agent: secureAgent }),
    ),
  "http2": () => readStream(http2.connect(`http://${host}:${port2}`)),
  "http2 over TLS": () =>
    readStream(http2.connect(`https://localhost:${securePort2}`, {
      ...{ ...trust, family: 4 },
    })),
  "fetch": async () => (await fetch(`http://${host}:${port}`)).text(),
  "tls.connect(options)": () =>
    read(tls.connect({ host, port: rawPort, ...trust })),
  "tls.connect(port, host, options)": () =>
    read(tls.connect(/** @type {number} */ (rawPort), host, trust)),
  "connect() of tls": () => read(connect({ host, port: rawPort, ...trust })),
  "tls.connect() over an open connection": async () => {
    const socket = net.connect(/** @type {number} */ (rawPort), host);
    await once(socket, "connect");
    return read(tls.connect({ socket, ...trust }));
  },
};
/** @type {Record<string, number | string>} */
const found = {};
for (const [way, run] of Object.entries(WAYS)) {
  ours = 0;
  try {
    const text = await run();
    found[way] = text === "hello" ? ours : `read "${text}"`;
  } catch (error) {
    found[way] = String(error);
  }
}
console.log(JSON.stringify(found));
agent.destroy();
secureAgent.destroy();
for (const server of [plain, secure, plain2, secure2, raw]) server.close();
// Its connections stay open for some seconds.
plain.closeAllConnections();
