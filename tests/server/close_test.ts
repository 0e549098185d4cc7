/**
 * `Server.close()`: when `'close'` comes, what it waits for, what it frees.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import * as net from "../../mod.ts";
import {
  closed,
  errorOf,
  event,
  received,
  turn,
} from "../helpers/net_helpers.ts";
import { noFiles, runtimeName } from "../helpers/runtime.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import {
  forEachTransport,
  ipcTest,
  portOf,
  skipHalfClose,
  tcpTest,
} from "../helpers/transports.ts";

const notRunning = {
  name: "Error",
  code: "ERR_SERVER_NOT_RUNNING",
  message: "Server is not running.",
};

forEachTransport(
  "Server.close(): returns the server, and 'close' comes later, once",
  async (bed) => {
    const server = await bed.listen();
    let closes = 0;
    server.on("close", () => closes++);
    assert.equal(server.close(), server);
    assert.equal(closes, 0);
    await event(server, "close");
    await turn();
    assert.equal(closes, 1);
  },
);

forEachTransport("Server.close(): calls back without an error", async (bed) => {
  const server = await bed.listen();
  const args = await new Promise<unknown[]>((resolve) => {
    server.close((...args: unknown[]) => resolve(args));
  });
  assert.deepEqual(args, []);
});

forEachTransport(
  "Server.close(): waits for its connections, which go on working",
  async (bed) => {
    const { server, client, peer } = await bed.pair();
    let isClosed = false;
    const closing = event(server, "close").then(() => isClosed = true);
    server.close();
    await turn();
    assert.equal(isClosed, false);

    const echoed = received(client);
    peer.pipe(peer);
    client.end("still here");
    assert.equal(String(await echoed), "still here");
    await closing;
    assert.equal(peer.destroyed, true);
  },
  skipHalfClose,
);

forEachTransport(
  "Server.close(): 'close' comes once when the last of several connections is gone",
  async (bed) => {
    const server = await bed.listen();
    const peers: net.Socket[] = [];
    const all = new Promise<void>((resolve) => {
      server.on("connection", (peer: net.Socket) => {
        if (peers.push(peer) === 3) resolve();
      });
    });
    for (let i = 0; i < 3; i++) bed.connect(server);
    await all;

    let closes = 0;
    server.on("close", () => closes++);
    server.close();
    for (const peer of peers) {
      await turn();
      assert.equal(closes, 0);
      peer.destroy();
    }
    await event(server, "close");
    await turn();
    assert.equal(closes, 1);
  },
);

forEachTransport(
  "Server.close(): a peer that is gone already does not hold it up",
  async (bed) => {
    const { server, client, peer } = await bed.pair();
    peer.resume();
    client.resume().end();
    await Promise.all([closed(peer), closed(client)]);
    await new Promise((resolve) => server.close(resolve));
  },
);

forEachTransport(
  "Server.close(): inside the 'connection' listener",
  async (bed) => {
    const server = await bed.listen();
    const closing = event(server, "close");
    server.on("connection", (peer: net.Socket) => {
      server.close();
      peer.end("bye");
      peer.resume();
    });
    const client = bed.connect(server);
    const text = received(client);
    assert.equal(String(await text), "bye");
    await closing;
  },
);

forEachTransport(
  "Server.close(): inside the 'listening' listener",
  async (bed) => {
    const server = bed.createServer();
    server.listen(bed.transport.listenOptions(), () => server.close());
    await event(server, "close");
    assert.equal(server.listening, false);
  },
);

forEachTransport(
  "Server.close(): right after listen() gives 'close' and no 'listening'",
  async (bed) => {
    const server = bed.createServer();
    const events: string[] = [];
    for (const name of ["listening", "error", "close"]) {
      server.on(name, () => events.push(name));
    }
    server.listen(bed.transport.listenOptions());
    server.close();
    await event(server, "close");
    await turn();
    assert.deepEqual(events, ["close"]);
  },
);

forEachTransport(
  "Server.close(): a new peer is refused at once",
  async (bed) => {
    const { server } = await bed.pair();
    const options = bed.transport.connectOptions(server);
    server.close();
    const late = bed.track(net.connect(options));
    const { code } = await errorOf(late);
    assert.equal(code, bed.transport.ipc ? "ENOENT" : "ECONNREFUSED");
  },
  ({ ipc }) => ipc && noFiles && "a pipe has its name while it has clients",
);

test("Server.close(): before listen() calls back with ERR_SERVER_NOT_RUNNING, after 'close'", async () => {
  const server = net.createServer();
  const events: string[] = [];
  server.on("close", () => events.push("close"));
  const error = await new Promise<unknown>((resolve) => {
    const returned = server.close((error) => {
      events.push("callback");
      resolve(error);
    });
    assert.equal(returned, server);
    assert.deepEqual(events, []);
  });
  assert.ok(error instanceof Error);
  assert.equal(error.message, notRunning.message);
  assert.equal((error as NodeJS.ErrnoException).code, notRunning.code);
  assert.deepEqual(events, ["close", "callback"]);
});

test("Server.close(): before listen() and without a callback emits 'close' alone", async () => {
  const server = net.createServer();
  server.on("error", () => assert.fail("no error"));
  server.close();
  assert.deepEqual(await event(server, "close"), []);
});

forEachTransport(
  "Server.close(): twice calls back twice, the second time with ERR_SERVER_NOT_RUNNING",
  async (bed) => {
    const { server, client } = await bed.pair();
    let closes = 0;
    server.on("close", () => closes++);
    const outcomes: (string | undefined)[] = [];
    server.close((error) =>
      outcomes.push((error as NodeJS.ErrnoException)?.code)
    );
    server.close((error) =>
      outcomes.push((error as NodeJS.ErrnoException)?.code)
    );
    client.destroy();
    await event(server, "close");
    await turn();
    assert.deepEqual(outcomes, [undefined, "ERR_SERVER_NOT_RUNNING"]);
    assert.equal(closes, 1);
  },
);

forEachTransport(
  "Server.close(): a callback that is no function is ignored",
  async (bed) => {
    const server = await bed.listen();
    server.close("no function" as never);
    await event(server, "close");
  },
);

ipcTest(
  "Server.close(): removes the socket file before 'close'",
  async (bed) => {
    const server = await bed.listen();
    const path = server.address() as string;
    assert.equal(existsSync(path), true);
    server.close();
    // Deno removes it in the next turn.
    if (runtimeName !== "deno") assert.equal(existsSync(path), false);
    await event(server, "close");
    assert.equal(existsSync(path), false);
  },
  noFiles,
);

ipcTest(
  "Server.close(): of a server that failed leaves the file of another",
  async (bed) => {
    const server = await bed.listen();
    const path = server.address() as string;
    const failed = bed.createServer();
    failed.listen(path);
    assert.equal((await errorOf(failed)).code, "EADDRINUSE");
    failed.close();
    await event(failed, "close");
    assert.equal(existsSync(path), true);
    const client = bed.connect(server);
    await event(client, "connect");
  },
  noFiles,
);

ipcTest(
  "Server.close(): a file that is gone already does no harm",
  async (bed) => {
    const { unlinkSync } = await import("node:fs");
    const server = await bed.listen();
    unlinkSync(server.address() as string);
    await new Promise((resolve) => server.close(resolve));
  },
  noFiles,
);

forEachTransport(
  "Server[Symbol.asyncDispose](): closes, and resolves when closed",
  async (bed) => {
    const { server, client } = await bed.pair();
    let isDisposed = false;
    const disposal = server[Symbol.asyncDispose]().then((value) => {
      isDisposed = true;
      return value;
    });
    assert.equal(server.listening, false);
    await turn();
    assert.equal(isDisposed, false);
    client.destroy();
    assert.equal(await disposal, undefined);
  },
);

test("Server[Symbol.asyncDispose](): of a server that does not listen resolves without 'close'", async () => {
  const server = net.createServer();
  server.on("close", () => assert.fail("no 'close'"));
  await server[Symbol.asyncDispose]();
  await turn();
});

tcpTest(
  "Server.close(): while the host is resolved gives 'close', and the port stays free",
  async (bed) => {
    const server = bed.createServer();
    server.on("listening", () => assert.fail("no 'listening'"));
    server.listen(0, "localhost");
    const error = await new Promise<unknown>((resolve) =>
      server.close(resolve)
    );
    assert.equal(
      (error as NodeJS.ErrnoException).code,
      "ERR_SERVER_NOT_RUNNING",
    );
    await turn();
    assert.equal(server.address(), null);
  },
);

ipcTest(
  "Server: the path is free again for another server after close()",
  async (bed) => {
    const path = uniquePath();
    for (let i = 0; i < 3; i++) {
      const server = bed.createServer();
      server.listen(path);
      await event(server, "listening");
      server.close();
      await event(server, "close");
    }
    assert.equal(existsSync(path), false);
  },
);

tcpTest(
  "Server: the port is free again for another server after close()",
  async (bed) => {
    const { server, client, peer } = await bed.pair();
    const port = portOf(server);
    const closing = event(server, "close");
    server.close();
    peer.destroy();
    await Promise.all([closing, closed(client.resume())]);
    const other = bed.createServer();
    other.listen(port, "127.0.0.1");
    await event(other, "listening");
    assert.equal(portOf(other), port);
  },
);
