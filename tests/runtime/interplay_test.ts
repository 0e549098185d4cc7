import assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";
import { Duplex, PassThrough, Readable, Transform } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import * as tls from "node:tls";
import type * as net from "../../mod.ts";
import { cert, key } from "./certificate.ts";
import {
  type Bed,
  closed,
  event,
  received,
  turn,
} from "../helpers/net_helpers.ts";
import { denoAdapter } from "../../runtime/deno/adapter.ts";
import {
  isDenoBefore,
  runtimeName,
  servesNoSockets,
} from "../helpers/runtime.ts";
import { unless } from "../helpers/unless.ts";

const { forEachTransport } = unless(servesNoSockets);

const LARGE = Buffer.alloc(3 << 20, "large body ");

/** The whole body of a request or a response. */
async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A server of ours whose connections go to an HTTP server. */
async function listenHttp(
  bed: Bed,
  handler: http.RequestListener,
): Promise<net.Server> {
  const server = http.createServer(handler);
  // Deno's http closes a connection after the response if its server does not
  // listen by itself.
  if (runtimeName === "deno") {
    Object.defineProperty(server, "listening", { value: true });
  }
  return await bed.listen({ allowHalfOpen: true }, (socket) => {
    server.emit("connection", socket);
  });
}

/** A request over a socket of ours. */
async function requestOver(
  socket: net.Socket,
  options: http.RequestOptions,
  body?: Buffer,
): Promise<{ response: http.IncomingMessage; body: Buffer }> {
  const request = http.request({
    ...options,
    createConnection: () => socket,
  });
  const answered = once(request, "response");
  request.end(body);
  const [response] = await answered as [http.IncomingMessage];
  return { response, body: await bodyOf(response) };
}

forEachTransport(
  "http.Server: serves a request over a socket of ours, sent as text",
  async (bed) => {
    const server = await listenHttp(bed, (request, response) => {
      response.setHeader("x-url", request.url!);
      response.end("hello");
    });
    const client = bed.connect(server);
    const got = received(client);
    client.write("GET /path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const [head, body] = String(await got).split("\r\n\r\n");
    assert.match(head!, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(head!, /\r\nx-url: \/path\r\n/i);
    assert.equal(body, "hello");
    client.end();
    assert.equal(await closed(client), false);
  },
);

forEachTransport(
  "http.Server: keeps a connection of ours alive for the next request",
  async (bed) => {
    let count = 0;
    const server = await listenHttp(bed, (_request, response) => {
      const body = `number ${++count}`;
      response.writeHead(200, { "content-length": body.length });
      response.end(body);
    });
    const client = bed.connect(server);
    let text = "";
    client.setEncoding("latin1");
    client.on("data", (chunk: string) => text += chunk);
    for (const number of [1, 2, 3]) {
      client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      while (!text.includes(`number ${number}`)) await event(client, "data");
    }
    assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
  },
);

forEachTransport(
  "http.Server: takes a large body and answers with it over a socket of ours",
  async (bed) => {
    const server = await listenHttp(bed, (request, response) => {
      request.pipe(response);
    });
    const client = bed.connect(server);
    const got = received(client);
    client.write(
      `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${LARGE.length}\r\n\r\n`,
    );
    client.write(LARGE);
    const answer = await got;
    const start = answer.indexOf("\r\n\r\n") + 4;
    const head = String(answer.subarray(0, start));
    assert.match(head, /^HTTP\/1\.1 200 OK/);
    const body = /transfer-encoding: chunked/i.test(head)
      ? unchunk(answer.subarray(start))
      : answer.subarray(start);
    assert.ok(body.equals(LARGE));
  },
);

/** The body of a chunked response. */
function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0;;) {
    const line = bytes.indexOf("\r\n", at);
    const size = parseInt(String(bytes.subarray(at, line)), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

forEachTransport(
  "http.request(): createConnection gives it a socket of ours",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      let text = "";
      peer.on("data", (chunk: Buffer) => {
        text += chunk;
        if (!text.endsWith("question")) return;
        peer.end(
          "HTTP/1.1 201 Created\r\nx-a: b\r\nContent-Length: 6\r\n\r\nanswer",
        );
      });
    });
    const client = bed.connect(server);
    const { response, body } = await requestOver(client, {
      method: "POST",
      path: "/p",
      headers: { "content-length": 8, host: "x" },
    }, Buffer.from("question"));
    assert.equal(response.statusCode, 201);
    assert.equal(response.headers["x-a"], "b");
    assert.equal(String(body), "answer");
    assert.equal(await closed(client), false);
  },
);

forEachTransport(
  "http.request() and http.Server: both over sockets of ours, with a large body",
  async (bed) => {
    const server = await listenHttp(bed, (request, response) => {
      response.writeHead(200, { "x-method": request.method! });
      request.pipe(response);
    });
    const { response, body } = await requestOver(
      bed.connect(server),
      { method: "PUT", headers: { host: "x" } },
      LARGE,
    );
    assert.equal(response.headers["x-method"], "PUT");
    assert.ok(body.equals(LARGE));
  },
);

forEachTransport(
  "http.Server: 'upgrade' hands the socket of ours over",
  async (bed) => {
    const upgraded = http.createServer();
    upgraded.on("upgrade", (_request: http.IncomingMessage, socket: Duplex) => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n",
      );
      socket.pipe(socket);
    });
    const server = await bed.listen({}, (socket) => {
      upgraded.emit("connection", socket);
    });
    const client = bed.connect(server);
    let text = "";
    client.on("data", (chunk: Buffer) => text += chunk);
    client.write(
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n",
    );
    while (!text.includes("\r\n\r\n")) await event(client, "data");
    assert.match(text, /^HTTP\/1\.1 101/);
    client.write("echoed");
    while (!text.endsWith("echoed")) await event(client, "data");
  },
);

/** The two ends of a TLS connection over a pair of ours. */
async function tlsPair(
  bed: Bed,
): Promise<{ client: tls.TLSSocket; peer: tls.TLSSocket }> {
  const server = await bed.listen();
  const accepted = event(server, "connection");
  const raw = bed.connect(server);
  const [rawPeer] = await accepted as [net.Socket];
  const peer = new tls.TLSSocket(rawPeer, { isServer: true, key, cert });
  const client = tls.connect({
    socket: raw,
    ca: cert,
    servername: "localhost",
  });
  await once(client, "secureConnect");
  return { client, peer };
}

forEachTransport(
  "tls.connect() and tls.TLSSocket: over sockets of ours on both ends",
  async (bed) => {
    const { client, peer } = await tlsPair(bed);
    assert.equal(client.authorized, true);
    assert.equal(client.encrypted, true);
    peer.on("data", (chunk: Buffer) => peer.write(String(chunk).toUpperCase()));
    client.write("secret");
    const [answer] = await once(client, "data");
    assert.equal(String(answer), "SECRET");
    client.end();
    peer.end();
    client.resume();
    await Promise.all([event(client, "close"), event(peer, "close")]);
  },
  // https://github.com/denoland/deno/pull/35582
  ({ ipc }) =>
    ipc && isDenoBefore("2.9.1") && denoAdapter.capabilities.pipe &&
    "tls of Deno up to 2.9.0 does not end over a stream without a handle",
);

forEachTransport(
  "tls.connect() and tls.TLSSocket: a large transfer both ways, then the end",
  async (bed) => {
    const { client, peer } = await tlsPair(bed);
    const chunks: Buffer[] = [];
    peer.pipe(new PassThrough()).pipe(peer);
    client.on("data", (chunk: Buffer) => chunks.push(chunk));
    client.write(LARGE);
    let size = 0;
    while (size < LARGE.length) {
      await event(client, "data");
      size = chunks.reduce((sum, { length }) => sum + length, 0);
    }
    assert.ok(Buffer.concat(chunks).equals(LARGE));
    client.destroy();
    peer.destroy();
  },
);

forEachTransport(
  "tls.connect(): over a socket of ours that is still connecting",
  async (bed) => {
    const server = await bed.listen({}, (socket) => {
      const secure = new tls.TLSSocket(socket, { isServer: true, key, cert });
      secure.on("error", () => {});
      secure.end("hello");
    });
    const raw = bed.connect(server);
    assert.equal(raw.connecting, true);
    const client = tls.connect({
      socket: raw,
      ca: cert,
      servername: "localhost",
    });
    let text = "";
    client.on("data", (chunk: Buffer) => text += chunk);
    await once(client, "end");
    assert.equal(text, "hello");
    client.destroy();
  },
);

forEachTransport(
  "tls.Server: emit('connection') takes a socket of ours",
  async (bed) => {
    const secure = tls.createServer({ key, cert }, (socket) => {
      socket.end("from tls.Server");
    });
    const server = await bed.listen({}, (socket) => {
      secure.emit("connection", socket);
    });
    const client = tls.connect({
      socket: bed.connect(server),
      ca: cert,
      servername: "localhost",
    });
    let text = "";
    client.on("data", (chunk: Buffer) => text += chunk);
    await once(client, "end");
    assert.equal(text, "from tls.Server");
    client.destroy();
  },
);

forEachTransport(
  "stream.pipeline(): through a socket of ours and back",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      const upper = new Transform({
        transform: (chunk, _encoding, done) =>
          done(null, String(chunk).toUpperCase()),
      });
      pipeline(peer, upper, peer).catch(() => {});
    });
    const client = bed.connect(server);
    const chunks: Buffer[] = [];
    await pipeline(
      Readable.from(["one ", "two ", "three"]),
      client,
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) chunks.push(chunk);
      },
    );
    assert.equal(Buffer.concat(chunks).toString(), "ONE TWO THREE");
  },
);

forEachTransport(
  "stream.pipeline(): fails with the error of the source and destroys the socket",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.on("error", () => {});
    peer.resume();
    const source = new Readable({
      read() {
        this.destroy(new Error("source failed"));
      },
    });
    await assert.rejects(pipeline(source, client), {
      message: "source failed",
    });
    assert.equal(client.destroyed, true);
    await closed(client);
  },
);

forEachTransport(
  "stream.finished(): resolves when both sides of a socket ended",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const done = finished(client);
    client.end();
    client.resume();
    peer.resume();
    await done;
    assert.equal(client.readableEnded, true);
    assert.equal(client.writableFinished, true);
  },
);

forEachTransport(
  "stream.finished(): rejects when a socket closes early",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.on("error", () => {});
    const done = finished(client);
    client.destroy();
    await assert.rejects(done, { code: "ERR_STREAM_PREMATURE_CLOSE" });
  },
);

forEachTransport("Readable.toWeb(): reads a socket of ours", async (bed) => {
  const { client, peer } = await bed.pair();
  const stream = Readable.toWeb(client);
  peer.write("one ");
  await turn();
  peer.end("two");
  const chunks: Uint8Array[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value as Uint8Array);
  }
  assert.equal(Buffer.concat(chunks).toString(), "one two");
});

forEachTransport(
  "Duplex.toWeb(): reads and writes a socket of ours",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.pipe(peer));
    const client = bed.connect(server, { allowHalfOpen: true });
    await event(client, "connect");
    const { readable, writable } = Duplex.toWeb(client);
    const writer = writable.getWriter();
    await writer.write(Buffer.from("there and "));
    await writer.write(Buffer.from("back"));
    await writer.close();
    const chunks: Uint8Array[] = [];
    const reader = readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value as Uint8Array);
    }
    assert.equal(Buffer.concat(chunks).toString(), "there and back");
  },
);

forEachTransport(
  "events.once(): resolves with an event, rejects with 'error'",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.connect(server);
    assert.deepEqual(await once(client, "connect"), []);
    const failure = new Error("mine");
    const data = once(client, "data");
    client.destroy(failure);
    await assert.rejects(data, failure);
  },
);

forEachTransport(
  "stream.pipe(): a Transform into a socket of ours",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const double = new Transform({
      transform: (chunk, _encoding, done) => done(null, `${chunk}${chunk}`),
    });
    double.pipe(client);
    double.end("ab");
    assert.equal(String(await got), "abab");
  },
);
