/**
 * Clients of the runtime's `http` and `tls` over sockets of ours, to servers of
 * the runtime's own, as drivers have them: what the oldest releases of Deno and
 * Bun can do as well.
 *
 * @module
 */
import assert from "node:assert/strict";
import http from "node:http";
import type { Server as NativeServer } from "node:net";
import tls from "node:tls";
import * as net from "../../mod.ts";
import { type Bed, closed, event, received } from "../helpers/net_helpers.ts";
import { isBunBefore } from "../helpers/runtime.ts";
import { noSecondTransport, skipPathOfNet } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { cert, key } from "../runtime/certificate.ts";
import { secureClient } from "./secure.ts";
import { stopsLargeTransfers } from "./tls_facts.ts";

const { tcpTest } = unless(
  isBunBefore("1.4.0") &&
    "Bun before 1.4: http takes no socket, and tls no connecting one",
);

// Deno 2.5 has no handle while a read is pending.
const { forEachTransport } = unless(noSecondTransport);

const HOST = "127.0.0.1";
const SMALL = "0123456789abcdef".repeat(1024);
const LARGE = "0123456789abcdef".repeat(64 * 1024);

/** Starts a server and returns its port. */
async function portOf(server: NativeServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return (server.address() as net.AddressInfo).port;
}

/** A server that sends back what it gets, over TLS. */
function echoServer(): NativeServer {
  return tls.createServer({ key, cert }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
}

/** Sends a text over TLS on a socket, and checks that it comes back. */
async function assertEcho(socket: net.Socket, text: string): Promise<void> {
  // Deno 2.5 does not take its own certificate for the authority of a server.
  const secure = secureClient(socket, { rejectUnauthorized: false });
  await event(secure, "secureConnect");
  secure.setEncoding("utf8").write(text);
  let echo = "";
  for await (const chunk of secure) {
    echo += chunk;
    if (echo.length >= text.length) break;
  }
  assert.ok(echo === text, `${echo.length} of ${text.length} characters`);
  secure.destroy();
  if (!socket.closed) await closed(socket);
}

/** Connects to a server of the runtime's own. */
function connect(bed: Bed, port: number): net.Socket {
  return bed.track(net.connect(port, HOST));
}

tcpTest("http.request(): over a socket of ours", async (bed) => {
  const server = http.createServer((request, response) => {
    let length = 0;
    request.on("data", (chunk) => length += chunk.length);
    request.on("end", () => response.end(`${request.method} ${length}`));
  });
  const port = await portOf(server);
  for (const [method, body] of [["GET", ""], ["POST", LARGE]] as const) {
    let socket: net.Socket | undefined;
    const text = await new Promise<string>((resolve, reject) => {
      http.request({
        ...{ host: HOST, port, method },
        headers: { "content-length": body.length },
        createConnection: () => socket = connect(bed, port),
      }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => text += chunk);
        response.on("end", () => resolve(text));
      }).on("error", reject).end(body);
    });
    assert.equal(text, `${method} ${body.length}`);
    socket!.destroy();
    await closed(socket!);
  }
  server.close();
});

tcpTest("tls.connect(): over a socket of ours that connects", async (bed) => {
  const server = echoServer();
  await assertEcho(connect(bed, await portOf(server)), SMALL);
  server.close();
});

tcpTest("tls.connect(): over a socket of ours in 'connect'", async (bed) => {
  const server = echoServer();
  const socket = connect(bed, await portOf(server));
  await new Promise<void>((resolve, reject) =>
    socket.once("connect", () => {
      assertEcho(socket, LARGE).then(resolve, reject);
    })
  );
  server.close();
});

tcpTest(
  "tls.connect(): over a socket of ours that waits for data",
  async (bed) => {
    const server = echoServer();
    const socket = connect(bed, await portOf(server));
    await event(socket, "connect");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await assertEcho(socket, SMALL);
    server.close();
  },
);

tcpTest("tls.connect(): after plain text, as with STARTTLS", async (bed) => {
  const secure = echoServer();
  const port = await portOf(secure);
  const front = await bed.listen({}, (peer) => {
    peer.write("ready\n");
    peer.once("data", () => {
      peer.pause().write("go\n");
      const behind = connect(bed, port);
      behind.pipe(peer).pipe(behind);
    });
  });
  const socket = bed.connect(front);
  assert.equal(String((await event(socket, "data"))[0]), "ready\n");
  socket.write("STARTTLS\n");
  await new Promise<void>((resolve, reject) =>
    socket.once("data", (data) => {
      assert.equal(String(data), "go\n");
      assertEcho(socket, LARGE).then(resolve, reject);
    })
  );
  secure.close();
});

/** A TLS server of the runtime's own, and a socket of ours connected to it. */
async function connectToTls(
  bed: Bed,
  serve: (peer: tls.TLSSocket) => void,
): Promise<net.Socket> {
  const server = tls.createServer({ key, cert }, serve);
  bed.onClose(() => server.close());
  server.listen(bed.transport.listenOptions());
  await event(server, "listening");
  const where = bed.transport.connectOptions(server as unknown as net.Server);
  const socket = bed.track(net.connect(where));
  await event(socket, "connect");
  return socket;
}

forEachTransport(
  "tls.connect(): over a socket of ours, to a server of the runtime's own",
  async (bed) => {
    const socket = await connectToTls(bed, (peer) => {
      peer.once("data", (question) => peer.end(`answer to ${question}`));
    });
    const client = secureClient(socket);
    await event(client, "secureConnect");
    assert.equal(client.authorized, true);
    client.write("question");
    assert.equal(
      String(await received(client)),
      "answer to question",
    );
    client.end();
    await Promise.all([event(client, "close"), closed(socket)]);
  },
);

forEachTransport(
  "tls.connect(): over a socket of ours, much is sent both ways to such a server",
  async (bed) => {
    const socket = await connectToTls(bed, (peer) => peer.pipe(peer));
    const client = secureClient(socket);
    await event(client, "secureConnect");
    const sent = Buffer.alloc(4 << 20, "some text ");
    client.write(sent);
    const chunks: Buffer[] = [];
    let length = 0;
    await new Promise<void>((resolve) =>
      client.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length === sent.length) resolve();
      })
    );
    assert.ok(sent.equals(Buffer.concat(chunks)));
    client.end();
    await Promise.all([event(client, "close"), closed(socket)]);
  },
  (transport) => stopsLargeTransfers || skipPathOfNet(transport),
);
