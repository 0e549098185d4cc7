/** The runtime's own `http2` over sockets of ours. */
import assert from "node:assert/strict";
import * as http2 from "node:http2";
import * as tls from "node:tls";
import type * as net from "../../mod.ts";
import { type Bed, event, received } from "../helpers/net_helpers.ts";
import { servesNoSockets } from "../helpers/runtime.ts";
import { noSecondTransport } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { cert, key } from "../runtime/certificate.ts";

const { eachTcp, forEachTransport } = unless(noSecondTransport);

const LARGE = Buffer.alloc(2 << 20, "large body ");

/** A server of ours whose connections go to an HTTP/2 server that echoes. */
async function listen(
  bed: Bed,
  server: http2.Http2Server | http2.Http2SecureServer,
): Promise<net.Server> {
  server.on("stream", (stream: http2.ServerHttp2Stream) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  server.on("session", (session: http2.Http2Session) => {
    session.on("error", () => {});
  });
  return await bed.listen({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    server.emit("connection", socket);
  });
}

/** Sends a body, and returns the status and the body of the answer. */
async function post(
  session: http2.ClientHttp2Session,
  body: string | Buffer,
): Promise<[status: number | undefined, body: Buffer]> {
  const stream = session.request({ ":method": "POST" });
  const head = event(stream, "response");
  const answer = received(stream);
  stream.end(body);
  const [headers] = await head as [http2.IncomingHttpHeaders];
  return [headers[":status"] as number | undefined, await answer];
}

async function converse(session: http2.ClientHttp2Session): Promise<void> {
  session.on("error", () => {});
  assert.deepEqual(await post(session, "one"), [200, Buffer.from("one")]);
  const all = await Promise.all([post(session, "two"), post(session, LARGE)]);
  assert.equal(String(all[0][1]), "two");
  assert.ok(all[1][1].equals(LARGE));
  const closing = event(session, "close");
  session.close();
  await closing;
}

forEachTransport(
  "http2: client and server over sockets of ours, several streams at a time",
  async (bed) => {
    const server = await listen(bed, http2.createServer());
    await converse(http2.connect("http://localhost", {
      createConnection: () => bed.connect(server),
    }));
  },
);

forEachTransport(
  "http2: client and server over TLS over sockets of ours",
  async (bed) => {
    const server = await listen(bed, http2.createSecureServer({ key, cert }));
    await converse(http2.connect("https://localhost", {
      createConnection: () =>
        tls.connect({
          socket: bed.connect(server),
          ALPNProtocols: ["h2"],
          ca: cert,
          servername: "localhost",
        }),
    }));
  },
  servesNoSockets,
);

eachTcp(
  "http2: the sockets of both sessions have the addresses of those of ours",
  async (bed) => {
    const inner = http2.createServer();
    const opening = event(inner, "session");
    const server = await listen(bed, inner);
    const accepting = event(server, "connection");
    const raw = bed.connect(server);
    const session = http2.connect("http://localhost", {
      createConnection: () => raw,
    });
    const [[peerSession], [rawPeer]] = await Promise.all([opening, accepting]);
    await event(session, "remoteSettings");
    for (
      const [{ socket }, below] of [
        [session, raw],
        [peerSession as http2.Http2Session, rawPeer as net.Socket],
      ] as const
    ) {
      assert.notEqual(below.remotePort, undefined);
      assert.equal(socket.remoteAddress, below.remoteAddress);
      assert.equal(socket.remotePort, below.remotePort);
      assert.equal(socket.localPort, below.localPort);
    }
    const closing = event(session, "close");
    session.close();
    await closing;
  },
);
