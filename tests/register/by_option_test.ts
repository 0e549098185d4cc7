/**
 * Packages that take a socket by option, given one of this package: the lines
 * of `docs/sockets-by-option.md`.
 *
 * @module
 */
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { requestsBySocketsOfItsOwn, runtimeName } from "../helpers/runtime.ts";
import net from "../../mod.ts";
import { noSecondTransport } from "../helpers/transports.ts";

/** Not every package has types, and none of them is tested here. */
function load(name: string): Promise<
  // deno-lint-ignore no-explicit-any
  any
> {
  return import(name);
}

/** A server on a free port, and one place for what it is sent first. */
async function serve(
  greeting: string | null,
  answer: string | Uint8Array,
): Promise<{ port: number; first: Promise<string>; close(): void }> {
  const sockets = new Set<net.Socket>();
  let resolveFirst: (text: string) => void = () => {};
  const first = new Promise<string>((resolve) => resolveFirst = resolve);
  const server = net.createServer((socket) => {
    sockets.add(socket);
    if (greeting) socket.write(greeting);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      resolveFirst(String(data));
      socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    first,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** An HTTP server that says "hello" to everybody. */
async function serveHttp(): Promise<{ port: number; close(): void }> {
  const server = http.createServer((_request, response) => {
    response.setHeader("connection", "close");
    response.end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, close: () => void server.close() };
}

/** Whether it is a socket of this package, and not one of the runtime's. */
function isOurs(socket: unknown): boolean {
  const { constructor } = socket as { constructor: unknown };
  return constructor === net.Socket;
}

test("pg: takes a socket by `stream`", async () => {
  const { Client } = (await load("pg")).default;
  const server = await serve(null, "");
  const client = new Client({
    host: "127.0.0.1",
    port: server.port,
    user: "somebody",
    stream: () => new net.Socket(),
  });
  client.on("error", () => {});
  client.connect().catch(() => {});
  assert.match(await server.first, /user\0somebody/);
  assert.ok(isOurs(client.connection.stream));
  server.close();
  client.connection.stream.destroy();
});

test("ioredis: takes a socket by `Connector`", async () => {
  const { Redis } = await load("ioredis");
  const server = await serve(null, "+PONG\r\n");
  let socket: net.Socket | undefined;
  class Connector {
    readonly #options: net.TcpSocketConnectOpts;

    constructor(options: net.TcpSocketConnectOpts) {
      this.#options = options;
    }

    check(): boolean {
      return true;
    }

    connect(): Promise<net.Socket> {
      socket = net.connect(this.#options);
      return Promise.resolve(socket);
    }

    disconnect(): void {
      socket?.end();
    }
  }
  const redis = new Redis({
    host: "127.0.0.1",
    port: server.port,
    Connector,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  redis.on("error", () => {});
  assert.equal(await redis.ping(), "PONG");
  assert.ok(isOurs(redis.stream));
  redis.disconnect();
  server.close();
});

test("mqtt: takes a socket by its stream builder", async () => {
  const { MqttClient } = (await load("mqtt")).default;
  const server = await serve(null, Uint8Array.of(0x20, 2, 0, 0));
  const client = new MqttClient(
    () => net.connect(server.port, "127.0.0.1"),
    { reconnectPeriod: 0 },
  );
  await new Promise((resolve, reject) => {
    client.once("connect", resolve).once("error", reject);
  });
  assert.ok(isOurs(client.stream));
  client.end(true);
  server.close();
});

test("nodemailer: takes a socket by `getSocket`", async () => {
  const { createTransport } = (await load("nodemailer")).default;
  const server = await serve("220 hello\r\n", "250 fine\r\n");
  let socket: net.Socket | undefined;
  const transport = createTransport({
    host: "127.0.0.1",
    port: server.port,
    ignoreTLS: true,
    getSocket(
      options: net.TcpSocketConnectOpts,
      callback: (error: Error | null, given: object) => void,
    ) {
      const connection = net.connect(options.port, options.host!);
      socket = connection;
      connection.once("connect", () => callback(null, { connection }));
    },
  });
  assert.equal(await transport.verify(), true);
  assert.ok(socket!.bytesWritten > 0);
  transport.close();
  server.close();
});

test("undici: takes a socket by `connect`", {
  skip: runtimeName === "bun" &&
    "Bun answers for undici with a module of its own",
}, async () => {
  const { Agent, request } = await load("undici");
  const server = await serveHttp();
  let socket: net.Socket | undefined;
  const dispatcher = new Agent({
    connect(
      { hostname, port }: { hostname: string; port: string },
      callback: (error: Error | null, socket: net.Socket | null) => void,
    ) {
      const made = net.connect(Number(port), hostname);
      socket = made;
      made.once("connect", () => callback(null, made));
      made.once("error", (error) => callback(error, null));
    },
  });
  const url = `http://127.0.0.1:${server.port}/`;
  const { body } = await request(url, { dispatcher });
  assert.equal(await body.text(), "hello");
  assert.ok(socket!.bytesWritten > 0);
  await dispatcher.close();
  server.close();
});

test("http: takes a socket by `createConnection`", {
  skip: requestsBySocketsOfItsOwn || noSecondTransport,
}, async () => {
  const server = await serveHttp();
  let socket: net.Socket | undefined;
  const text = await new Promise<string>((resolve, reject) => {
    http.get({
      host: "127.0.0.1",
      port: server.port,
      createConnection: () => socket = net.connect(server.port, "127.0.0.1"),
    }, (response) => {
      response.setEncoding("utf8").once("data", resolve);
    }).once("error", reject);
  });
  assert.equal(text, "hello");
  assert.ok(socket!.bytesWritten > 0);
  server.close();
});

test("http: an Agent takes a socket by `createConnection`, and keeps it", {
  skip: requestsBySocketsOfItsOwn || noSecondTransport,
}, async () => {
  const server = http.createServer((_request, response) => {
    response.end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const sockets: net.Socket[] = [];
  const agent = new http.Agent({ keepAlive: true });
  Object.assign(agent, {
    createConnection(options: net.TcpNetConnectOpts) {
      const socket = net.connect(options);
      sockets.push(socket);
      return socket;
    },
  });
  for (let i = 0; i < 2; i++) {
    const text = await new Promise<string>((resolve, reject) => {
      http.get({ host: "127.0.0.1", port, agent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => text += chunk);
        response.once("end", () => resolve(text));
      }).once("error", reject);
    });
    assert.equal(text, "hello");
    // The socket comes back to the agent a little later.
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(sockets.length, 1);
  agent.destroy();
  server.close();
});
