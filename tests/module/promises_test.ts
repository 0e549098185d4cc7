/**
 * `net/promises`: what `connect` and `listen` resolve with, how they fail, and
 * that nothing is left behind then.
 *
 * @module
 */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { connect, listen } from "../../polyfills/promises.ts";
import { freePort } from "../helpers/connects.ts";
import { type Bed, event, received, turn } from "../helpers/net_helpers.ts";
import { forEachTransport, portOf, tcpTest } from "../helpers/transports.ts";

const { promises } = net;

/** A server of `listen()` that is closed when the test ends. */
async function served(
  bed: Bed,
  options: object = bed.transport.listenOptions(),
): Promise<net.Server> {
  return bed.trackServer(await listen(options));
}

test("promises: has the names of net/promises, those of net among them", () => {
  assert.deepEqual(Object.keys(promises).sort(), [
    "BlockList",
    "SocketAddress",
    "connect",
    "isIP",
    "isIPv4",
    "isIPv6",
    "listen",
  ]);
  assert.equal(promises.connect, connect);
  assert.equal(promises.listen, listen);
  for (
    const name of [
      "BlockList",
      "SocketAddress",
      "isIP",
      "isIPv4",
      "isIPv6",
    ] as const
  ) {
    assert.equal(promises[name], net[name], name);
  }
});

forEachTransport("promises.connect(): a connected socket", async (bed) => {
  const server = await bed.listen({}, (peer) => peer.end("hello"));
  const socket = bed.track(
    await connect(bed.transport.connectOptions(server) as net.NetConnectOpts),
  );
  assert.ok(socket instanceof net.Socket);
  assert.equal(socket.connecting, false);
  assert.equal(socket.readyState, "open");
  assert.equal(socket.listenerCount("connect"), 0);
  assert.equal(socket.listenerCount("error"), 0);
  assert.equal(String(await received(socket)), "hello");
});

tcpTest("promises.connect(): a port and a host", async (bed) => {
  const server = await bed.listen();
  const socket = bed.track(await connect(portOf(server), "127.0.0.1"));
  assert.equal(socket.remotePort, portOf(server));
  assert.equal(socket.remoteAddress, "127.0.0.1");
});

tcpTest(
  "promises.connect(): rejects with the error of 'error'",
  async (bed) => {
    const port = await freePort(bed);
    await assert.rejects(connect(port, "127.0.0.1"), {
      code: "ECONNREFUSED",
      syscall: "connect",
      port,
    });
  },
);

test("promises.connect(): rejects for what connect() throws on", async () => {
  await assert.rejects(connect(65536), { code: "ERR_SOCKET_BAD_PORT" });
  await assert.rejects(connect({} as never), { code: "ERR_MISSING_ARGS" });
  await assert.rejects(connect({ port: 1, signal: "no" as never }), {
    code: "ERR_INVALID_ARG_TYPE",
    message: /"options\.signal" property/,
  });
});

tcpTest("promises.connect(): the abort gives up connecting", async (bed) => {
  const server = await bed.listen({}, () => assert.fail("connected"));
  const controller = new AbortController();
  const { signal } = controller;
  const pending = connect({
    port: portOf(server),
    host: "a.name",
    signal,
    lookup(_host, _options, callback) {
      controller.abort(new Error("enough"));
      callback(null, "127.0.0.1", 4);
    },
  });
  await assert.rejects(pending, (error: Error & { code: string }) => {
    assert.equal(error.name, "AbortError");
    assert.equal(error.code, "ABORT_ERR");
    assert.equal(error.message, "The operation was aborted");
    assert.equal((error.cause as Error).message, "enough");
    return true;
  });
  await turn();
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

tcpTest(
  "promises.connect(): rejects with the reason of a signal aborted before",
  async (bed) => {
    const options = bed.transport.connectOptions(await bed.listen());
    const reason = new Error("too late");
    await assert.rejects(
      connect({ ...options, signal: AbortSignal.abort(reason) } as never),
      (error) => error === reason,
    );
  },
);

forEachTransport(
  "promises.connect(): once connected, the socket does not listen to the signal",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.pipe(peer));
    const controller = new AbortController();
    const { signal } = controller;
    const options = bed.transport.connectOptions(server);
    const socket = bed.track(await connect({ ...options, signal } as never));
    assert.equal(getEventListeners(signal, "abort").length, 0);
    controller.abort();
    await turn();
    assert.equal(socket.destroyed, false);
    socket.end("still here");
    assert.equal(String(await received(socket)), "still here");
  },
);

forEachTransport("promises.listen(): a listening server", async (bed) => {
  const peers: net.Socket[] = [];
  const server = await served(bed, {
    ...bed.transport.listenOptions(),
    allowHalfOpen: true,
    connectionListener: (peer: net.Socket) => peers.push(peer.end("hello")),
  });
  assert.ok(server instanceof net.Server);
  assert.equal(server.listening, true);
  assert.equal(server.allowHalfOpen, true);
  assert.equal(server.listenerCount("listening"), 0);
  assert.equal(server.listenerCount("error"), 0);
  const client = bed.connect(server);
  assert.equal(String(await received(client)), "hello");
  assert.equal(peers[0]?.allowHalfOpen, true);
});

tcpTest(
  "promises.listen(): any free port where nothing says where",
  async (bed) => {
    for (const options of [undefined, {}, { noDelay: true }]) {
      const server = bed.trackServer(await listen(options));
      assert.ok(portOf(server) > 0);
    }
  },
);

tcpTest("promises.listen(): rejects with the error of 'error'", async (bed) => {
  const port = portOf(await bed.listen());
  await assert.rejects(listen({ port, host: "127.0.0.1" }), {
    code: "EADDRINUSE",
    syscall: "listen",
    port,
  });
});

test("promises.listen(): rejects for what createServer() and listen() throw on", async () => {
  await assert.rejects(listen(8124 as never), {
    code: "ERR_INVALID_ARG_TYPE",
    message: /"options" argument must be of type object/,
  });
  await assert.rejects(listen({ port: 65536 }), {
    code: "ERR_SOCKET_BAD_PORT",
  });
  await assert.rejects(listen({ highWaterMark: "1" as never }), {
    code: "ERR_INVALID_ARG_TYPE",
  });
  await assert.rejects(listen({ signal: {} as never }), {
    code: "ERR_INVALID_ARG_TYPE",
  });
});

tcpTest(
  "promises.listen(): the abort gives up, and nobody listens",
  async (bed) => {
    const where = { port: await freePort(bed), host: "127.0.0.1" };
    const controller = new AbortController();
    const pending = listen({ ...where, signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(pending, (error: Error & { code: string }) => {
      assert.equal(error.name, "AbortError");
      assert.equal(error.code, "ABORT_ERR");
      assert.equal((error.cause as Error).message, "enough");
      return true;
    });
    assert.equal((await served(bed, where)).listening, true);
  },
);

test("promises.listen(): rejects with the reason of a signal aborted before", async () => {
  const reason = new Error("too late");
  await assert.rejects(
    listen({ signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
});

tcpTest("promises.listen(): a later abort closes the server", async (bed) => {
  const controller = new AbortController();
  const server = await served(bed, { port: 0, signal: controller.signal });
  const close = event(server, "close");
  controller.abort();
  await close;
  assert.equal(server.listening, false);
});
