/** The runtime's own `http` and `https` over sockets of ours. */
import assert from "node:assert/strict";
import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import * as net from "../../mod.ts";
import {
  type Bed,
  closed,
  event,
  received,
  turn,
} from "../helpers/net_helpers.ts";
import {
  isBunBefore,
  runtimeName,
  servesNoSockets,
} from "../helpers/runtime.ts";
import { noDelayOf, noOptions } from "../helpers/tcp_table.ts";
import { transports } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { cert, key } from "../runtime/certificate.ts";

const { forEachTransport, tcpTest, testOver } = unless(servesNoSockets);

/**
 * Deno's `http` closes a connection after the response if its server does not
 * listen by itself.
 */
function keepOpen(server: http.Server | https.Server): void {
  if (runtimeName !== "deno") return;
  Object.defineProperty(server, "listening", { value: true });
}

/** A server of ours whose connections go to a server of the runtime's own. */
async function listenFor(
  bed: Bed,
  server: http.Server | https.Server,
): Promise<net.Server> {
  keepOpen(server);
  return await bed.listen({ allowHalfOpen: true }, (socket) => {
    server.emit("connection", socket);
  });
}

/** The response of a request, and its body as text. */
async function answerTo(
  request: http.ClientRequest,
): Promise<[response: http.IncomingMessage, body: string]> {
  const responding = event(request, "response");
  request.end();
  const [response] = await responding as [http.IncomingMessage];
  return [response, String(await received(response))];
}

forEachTransport(
  "http.Agent: reuses a socket of ours for the next request",
  async (bed) => {
    const server = await listenFor(
      bed,
      http.createServer((request, response) => response.end(request.url)),
    );
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let made = 0;
    agent.createConnection = () => {
      made++;
      return bed.connect(server) as unknown as Duplex;
    };
    const sockets = new Set<unknown>();
    for (const path of ["/one", "/two", "/three"]) {
      const request = http.request({ agent, path, host: "localhost" });
      request.on("socket", (socket) => sockets.add(socket));
      const [response, body] = await answerTo(request);
      assert.equal(response.statusCode, 200);
      assert.equal(body, path);
      await turn();
    }
    assert.equal(made, 1);
    assert.equal(sockets.size, 1);
    agent.destroy();
  },
);

forEachTransport(
  "https.request() and http.Server: over TLS over sockets of ours",
  async (bed) => {
    const inner = http.createServer((request, response) => {
      request.pipe(response);
    });
    keepOpen(inner);
    const outer = tls.createServer({ key, cert }, (socket) => {
      inner.emit("connection", socket);
    });
    const server = await bed.listen({ allowHalfOpen: true }, (socket) => {
      outer.emit("connection", socket);
    });
    const request = https.request({
      method: "POST",
      host: "localhost",
      createConnection: () =>
        tls.connect({
          socket: bed.connect(server),
          ca: cert,
          servername: "localhost",
        }),
    });
    request.write("body");
    const [response, body] = await answerTo(request);
    assert.equal(response.statusCode, 200);
    assert.equal(body, "body");
  },
);

forEachTransport(
  "http.Server: answers pipelined requests in their order, the first one last",
  async (bed) => {
    const order: string[] = [];
    const waiting: http.ServerResponse[] = [];
    const answer = (response: http.ServerResponse) => {
      order.push(response.req.url!);
      response.end(response.req.url);
    };
    const server = await listenFor(
      bed,
      http.createServer((_request, response) => {
        waiting.push(response);
        if (waiting.length < 2) return;
        answer(waiting.pop()!);
        void turn().then(() => answer(waiting.pop()!));
      }),
    );
    const client = bed.connect(server);
    const got = received(client);
    client.write(
      "GET /one HTTP/1.1\r\nHost: x\r\n\r\n" +
        "GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    const text = String(await got);
    assert.deepEqual(order, ["/two", "/one"]);
    assert.ok(text.includes("/one"));
    assert.ok(text.indexOf("/one") < text.indexOf("/two"));
  },
  isBunBefore("1.4.3") &&
    "Bun before 1.4.3: a server given its connections takes no second request",
);

forEachTransport(
  "http.request(): 'upgrade' hands over the socket of ours",
  async (bed) => {
    const upgraded = http.createServer();
    upgraded.on("upgrade", (_request, socket: Duplex) => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst",
      );
      socket.pipe(socket);
    });
    const server = await listenFor(bed, upgraded);
    const raw = bed.connect(server);
    const request = http.request({
      host: "localhost",
      headers: { upgrade: "echo", connection: "Upgrade" },
      createConnection: () => raw,
    });
    const upgrading = event(request, "upgrade");
    request.end();
    const [, socket, head] = await upgrading as [unknown, Duplex, Buffer];
    assert.equal(socket, raw);
    let text = String(head);
    socket.on("data", (chunk: Buffer) => text += chunk);
    socket.write("echoed");
    while (text !== "firstechoed") await turn();
  },
);

forEachTransport(
  "http.request(): a CONNECT tunnel through a proxy, and TLS in it",
  async (bed) => {
    const target = await bed.listen({}, (peer) => {
      const secure = new tls.TLSSocket(peer, { isServer: true, key, cert });
      secure.on("error", () => {}).end("from the target");
    });
    const proxy = http.createServer();
    proxy.on("connect", (_request, socket: Duplex) => {
      const onward = bed.connect(target);
      onward.on("error", () => {});
      socket.on("error", () => {});
      onward.once("connect", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
    });
    const server = await listenFor(bed, proxy);
    const raw = bed.connect(server);
    const request = http.request({
      method: "CONNECT",
      path: "target:443",
      host: "localhost",
      createConnection: () => raw,
    });
    const connecting = event(request, "connect");
    request.end();
    const [response, socket] = await connecting as [
      http.IncomingMessage,
      Duplex,
    ];
    assert.equal(response.statusCode, 200);
    const secure = tls.connect({ socket, ca: cert, servername: "localhost" });
    assert.equal(String(await received(secure)), "from the target");
  },
);

forEachTransport(
  "http.Server: req.socket is the socket of ours, with its addresses",
  async (bed) => {
    let seen: unknown[] = [];
    const server = await listenFor(
      bed,
      http.createServer(({ socket }, response) => {
        seen = [socket.remoteAddress, socket.remotePort, socket.localPort];
        assert.ok((socket as unknown) instanceof net.Socket);
        response.end();
      }),
    );
    let known: unknown[] = [];
    server.prependListener("connection", (peer: net.Socket) => {
      known = [peer.remoteAddress, peer.remotePort, peer.localPort];
    });
    await answerTo(
      http.request({
        host: "localhost",
        createConnection: () => bed.connect(server),
      }),
    );
    assert.deepEqual(seen, known);
  },
);

forEachTransport(
  "http.request(): setTimeout() is heard over a socket of ours that gets no answer",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.resume());
    const raw = bed.connect(server);
    const request = http.request({
      host: "localhost",
      createConnection: () => raw,
    });
    const failing = event(request, "error");
    request.setTimeout(10, () => request.destroy(new Error("too late")));
    request.end();
    const [error] = await failing;
    assert.equal((error as Error).message, "too late");
    await closed(raw);
  },
);

for (const transport of transports) {
  testOver(
    transport,
    "http.Server: setTimeout() of a socket of ours is the server's 'timeout'",
    async (bed) => {
      const inner = http.createServer(() => {});
      inner.setTimeout(10);
      const timing = event(inner, "timeout");
      // What arrives after the 10 ms must be read, too: destroying a socket
      // with unread bytes resets the connection.
      const asking = event(inner, "request");
      const server = await listenFor(bed, inner);
      const client = bed.connect(server).resume();
      client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      const [socket] = await timing as [net.Socket];
      await asking;
      assert.ok(socket instanceof net.Socket);
      socket.destroy();
      await closed(client);
    },
    runtimeName === "bun" &&
      "Bun: its http.Server times no socket that was passed to it",
  );
}

for (const transport of transports) {
  testOver(
    transport,
    "http.Server: keepAliveTimeout closes a socket of ours after an answer",
    async (bed) => {
      const inner = http.createServer((_request, response) => response.end());
      inner.keepAliveTimeout = 1;
      const client = bed.connect(await listenFor(bed, inner));
      client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      const got = received(client);
      assert.equal(await closed(client), false);
      assert.match(String(await got), /^HTTP\/1.1 200 OK\r\n/);
    },
    runtimeName === "bun" &&
      "Bun: its http.Server times no socket that was passed to it",
  );
}

forEachTransport(
  "http.Agent: its timeout closes a socket of ours that waits for a request",
  async (bed) => {
    const server = await listenFor(
      bed,
      http.createServer((_request, response) => response.end("answer")),
    );
    const agent = new http.Agent({ keepAlive: true, timeout: 20 });
    let raw: net.Socket | undefined;
    agent.createConnection = () => {
      raw = bed.connect(server);
      return raw as unknown as Duplex;
    };
    const [, body] = await answerTo(http.request({ agent, host: "localhost" }));
    assert.equal(body, "answer");
    await closed(raw!);
    assert.deepEqual(Object.keys(agent.freeSockets), []);
  },
);

forEachTransport(
  "http.request(): an answer that ends with the connection is whole",
  async (bed) => {
    const body = Buffer.alloc(1 << 20, "large body ");
    const server = await bed.listen({}, (peer) => {
      peer.once("data", () => {
        peer.write("HTTP/1.0 200 OK\r\n\r\n");
        peer.end(body);
      });
    });
    const [response, text] = await answerTo(
      http.request({
        host: "localhost",
        createConnection: () => bed.connect(server),
      }),
    );
    assert.equal(response.statusCode, 200);
    assert.ok(Buffer.from(text).equals(body));
  },
);

tcpTest(
  "http.Server: what Bun's writes in pieces is not held back by Nagle's algorithm",
  async (bed) => {
    const inner = http.createServer((_request, response) => {
      response.writeHead(200, { "content-length": 6 });
      response.end("answer");
    });
    const server = await listenFor(bed, inner);
    const accepted = event(server, "connection");
    const raw = bed.connect(server);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    agent.createConnection = () => raw as unknown as Duplex;
    for (let i = 0; i < 3; i++) {
      const request = http.request({
        agent,
        host: "localhost",
        method: "POST",
      });
      request.write("a ");
      request.write("question");
      const [, body] = await answerTo(request);
      assert.equal(body, "answer");
    }
    const [peer] = await accepted as [net.Socket];
    assert.deepEqual([raw, peer].map(noDelayOf), [true, true]);
    agent.destroy();
  },
  runtimeName === "bun" ? noOptions : "its http writes in one piece",
);

for (const transport of transports) {
  testOver(
    transport,
    "https.Server: serves a socket of ours by emit('connection')",
    async (bed) => {
      const inner = https.createServer({ key, cert }, (request, response) => {
        response.end(request.url);
      });
      const server = await listenFor(bed, inner);
      const [response, body] = await answerTo(
        https.request({
          host: "localhost",
          path: "/path",
          createConnection: () =>
            tls.connect({
              socket: bed.connect(server),
              ca: cert,
              servername: "localhost",
            }),
        }),
      );
      assert.equal(response.statusCode, 200);
      assert.equal(body, "/path");
    },
    runtimeName === "bun" && "Bun: https.Server is no tls.Server",
  );
}
