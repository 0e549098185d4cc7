/**
 * How a signal stops a server, and when a server may listen again: after
 * `close()` and after a failure, but not while it listens.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import type { AddressInfo } from "../../mod.ts";
import { errorOf, event, turn } from "../helpers/net_helpers.ts";
import {
  anyAddress,
  forEachTransport,
  tcpTest,
} from "../helpers/transports.ts";
import { skipTakenPath } from "../helpers/wine.ts";

forEachTransport(
  "Server.listen({ signal }): abort closes the server",
  async (bed) => {
    const controller = new AbortController();
    const server = bed.createServer();
    server.listen({
      ...bed.transport.listenOptions(),
      signal: controller.signal,
    });
    await event(server, "listening");
    const closing = event(server, "close");
    controller.abort();
    assert.equal(server.listening, false);
    assert.deepEqual(await closing, []);
  },
);

forEachTransport(
  "Server.listen({ signal }): a signal aborted before gives 'close' and no 'listening'",
  async (bed) => {
    const server = bed.createServer();
    const events: string[] = [];
    for (const name of ["listening", "error", "close"]) {
      server.on(name, () => events.push(name));
    }
    server.listen({
      ...bed.transport.listenOptions(),
      signal: AbortSignal.abort(),
    });
    await event(server, "close");
    await turn();
    assert.deepEqual(events, ["close"]);
    assert.equal(server.listening, false);
  },
);

tcpTest(
  "Server.listen({ signal }): abort while the host is resolved gives 'close' alone",
  async (bed) => {
    const controller = new AbortController();
    const server = bed.createServer();
    const events: string[] = [];
    for (const name of ["listening", "error", "close"]) {
      server.on(name, () => events.push(name));
    }
    server.listen({ port: 0, host: "localhost", signal: controller.signal });
    controller.abort();
    await event(server, "close");
    await turn();
    assert.deepEqual(events, ["close"]);
  },
);

forEachTransport(
  "Server.listen({ signal }): abort after close() does nothing",
  async (bed) => {
    const controller = new AbortController();
    const server = bed.createServer();
    server.listen({
      ...bed.transport.listenOptions(),
      signal: controller.signal,
    });
    await event(server, "listening");
    let closes = 0;
    server.on("close", () => closes++);
    await new Promise((resolve) => server.close(resolve));
    server.listen(bed.transport.listenOptions());
    await event(server, "listening");
    controller.abort();
    await turn();
    assert.equal(server.listening, true);
    assert.equal(closes, 1);
  },
);

forEachTransport(
  "Server.listen(): again after 'close', on the same address",
  async (bed) => {
    const server = await bed.listen();
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (typeof address === "string") server.listen(address);
    else server.listen(address!.port, address!.address);
    await event(server, "listening");
    assert.deepEqual(server.address(), address);
    const accepted = event(server, "connection");
    bed.connect(server);
    await accepted;
  },
);

forEachTransport(
  "Server.listen(): inside the 'close' listener",
  async (bed) => {
    const server = await bed.listen();
    const listening = new Promise<void>((resolve) => {
      server.once("close", () => {
        server.listen(bed.transport.listenOptions(), resolve);
      });
    });
    server.close();
    await listening;
    const client = bed.connect(server);
    await event(client, "connect");
  },
);

forEachTransport(
  "Server.listen(): right after close(), before 'close'",
  async (bed) => {
    const server = await bed.listen();
    server.close();
    const listening = event(server, "listening");
    server.listen(bed.transport.listenOptions());
    await listening;
    const client = bed.connect(server);
    await event(client, "connect");
  },
);

forEachTransport(
  "Server.listen(): twice throws ERR_SERVER_ALREADY_LISTEN and goes on listening",
  async (bed) => {
    const server = await bed.listen();
    assert.throws(
      () => server.listen(bed.transport.listenOptions(), () => assert.fail()),
      {
        name: "Error",
        code: "ERR_SERVER_ALREADY_LISTEN",
        message:
          "Listen method has been called more than once without closing.",
      },
    );
    assert.equal(server.listenerCount("listening"), 0);
    const client = bed.connect(server);
    await event(client, "connect");
  },
);

forEachTransport(
  "Server.listen(): twice throws before the first address is bound, too",
  async (bed) => {
    const server = bed.createServer();
    const calls: string[] = [];
    const again = () =>
      assert.throws(() => server.listen(0, () => calls.push("second")), {
        code: "ERR_SERVER_ALREADY_LISTEN",
      });
    server.listen(bed.transport.listenOptions(), () => calls.push("first"));
    again();
    process.nextTick(again);
    await event(server, "listening");
    again();
    await turn();
    assert.deepEqual(calls, ["first"]);
  },
);

tcpTest(
  "Server.listen(): after close() while the host is resolved, listens",
  async (bed) => {
    const server = bed.createServer();
    server.listen(0, "127.0.0.1", () => assert.fail("closed before"));
    server.removeAllListeners("listening");
    server.close();
    server.listen(0);
    await event(server, "listening");
    await turn();
    assert.equal((server.address() as AddressInfo).address, anyAddress);
  },
);

forEachTransport(
  "Server.listen(): after a failure listens again; the first callback is still waiting",
  async (bed) => {
    const taken = await bed.listen();
    const address = taken.address();
    const options = typeof address === "string"
      ? { path: address }
      : { port: address!.port, host: address!.address };
    const server = bed.createServer();
    const calls: string[] = [];
    server.listen(options, () => calls.push("first"));
    assert.equal((await errorOf(server)).code, "EADDRINUSE");
    assert.equal(server.listening, false);
    server.listen(bed.transport.listenOptions(), () => calls.push("second"));
    await event(server, "listening");
    assert.deepEqual(calls, ["first", "second"]);
  },
  skipTakenPath,
);

forEachTransport(
  "Server.listen(): inside the 'error' listener",
  async (bed) => {
    const taken = await bed.listen();
    const address = taken.address();
    const server = bed.createServer();
    server.once("error", () => server.listen(bed.transport.listenOptions()));
    const listening = event(server, "listening");
    if (typeof address === "string") server.listen(address);
    else server.listen(address!.port, address!.address);
    await listening;
    assert.notDeepEqual(server.address(), address);
  },
  skipTakenPath,
);
