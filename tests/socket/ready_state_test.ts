import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { closed, event, turn } from "../helpers/net_helpers.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { forEachTransport, tcpTest } from "../helpers/transports.ts";

/** The properties that describe the state of a socket, in one object. */
function state(socket: net.Socket): object {
  const { readyState, pending, connecting, destroyed, closed } = socket;
  return { readyState, pending, connecting, destroyed, closed };
}

test("Socket.readyState: a socket that never connected says open", () => {
  const socket = new net.Socket();
  assert.deepEqual(state(socket), {
    readyState: "open",
    pending: true,
    connecting: false,
    destroyed: false,
    closed: false,
  });
  socket.destroy();
});

test("Socket.readyState: a socket that never connected follows its two sides", async () => {
  const readOnly = new net.Socket();
  readOnly.end();
  assert.equal(readOnly.readyState, "readOnly");
  readOnly.destroy();
  assert.equal(readOnly.readyState, "closed");
  await closed(readOnly);
});

test("Socket.destroy(): a socket that never connected emits 'close' too", async () => {
  const socket = new net.Socket();
  const log: unknown[] = [];
  socket.on("close", (hadError: boolean) => log.push(hadError));
  socket.destroy();
  assert.deepEqual(log, []);
  assert.deepEqual(state(socket), {
    readyState: "closed",
    pending: true,
    connecting: false,
    destroyed: true,
    closed: true,
  });
  await event(socket, "close");
  await turn();
  assert.deepEqual(log, [undefined]);
});

forEachTransport(
  "Socket.readyState: opening, open, closed through connect and destroy",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server);
    assert.deepEqual(state(client), {
      readyState: "opening",
      pending: true,
      connecting: true,
      destroyed: false,
      closed: false,
    });
    const open = {
      readyState: "open",
      pending: false,
      connecting: false,
      destroyed: false,
      closed: false,
    };
    const atReady = event(client, "ready").then(() => state(client));
    await event(client, "connect");
    assert.deepEqual(state(client), open);
    assert.deepEqual(await atReady, open);
    const [peer] = await accepted as [net.Socket];
    assert.deepEqual(state(peer), open);
    let atClose: object | undefined;
    client.on("close", () => atClose = state(client));
    client.destroy();
    assert.deepEqual(state(client), {
      readyState: "closed",
      pending: true,
      connecting: false,
      destroyed: true,
      closed: true,
    });
    await closed(client);
    assert.deepEqual(atClose, {
      readyState: "closed",
      pending: true,
      connecting: false,
      destroyed: true,
      closed: true,
    });
  },
);

forEachTransport(
  "Socket.readyState: 'connect' comes before 'ready', in one turn",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.connect(server);
    const log: string[] = [];
    client.on("connect", () => {
      log.push("connect");
      process.nextTick(() => log.push("tick"));
    });
    client.on("ready", () => log.push("ready"));
    await event(client, "ready");
    await turn();
    assert.deepEqual(log, ["connect", "ready", "tick"]);
  },
);

forEachTransport(
  "Socket.readyState: readOnly after end(), closed when both sides ended",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    peer.resume();
    client.resume();
    client.end();
    assert.equal(client.readyState, "readOnly");
    await event(client, "finish");
    assert.equal(client.readyState, "readOnly");
    assert.equal(client.pending, false);
    const states: string[] = [];
    client.on("end", () => states.push(client.readyState));
    client.on("close", () => states.push(client.readyState));
    peer.end();
    await closed(client);
    assert.deepEqual(states, ["closed", "closed"]);
  },
);

forEachTransport(
  "Socket.readyState: writeOnly when a half-open socket has read the FIN",
  async (bed) => {
    const { client, peer } = await bed.pair({
      client: { allowHalfOpen: true },
    });
    client.resume();
    peer.end();
    const [, atEnd] = [await event(client, "end"), client.readyState];
    assert.equal(atEnd, "writeOnly");
    assert.deepEqual(state(client), {
      readyState: "writeOnly",
      pending: false,
      connecting: false,
      destroyed: false,
      closed: false,
    });
    client.end();
    assert.equal(client.readyState, "closed");
    assert.equal(client.destroyed, false);
    await closed(client);
  },
);

forEachTransport(
  "Socket.readyState: end() while connecting stays opening, then readOnly",
  async (bed) => {
    const server = await bed.listen({ allowHalfOpen: true });
    const client = bed.connect(server);
    client.end();
    assert.equal(client.readyState, "opening");
    await event(client, "connect");
    assert.equal(client.readyState, "readOnly");
  },
);

tcpTest(
  "Socket.readyState: after a refused connection it is closed",
  async (bed) => {
    const server = await bed.listen();
    const options = bed.transport.connectOptions(server);
    await new Promise((resolve) => server.close(resolve));
    const client = bed.track(net.connect(options));
    assert.equal(client.readyState, "opening");
    let atError: object | undefined;
    client.on("error", () => atError = state(client));
    assert.equal(await closed(client), true);
    assert.deepEqual(atError, {
      readyState: "closed",
      pending: true,
      connecting: false,
      destroyed: true,
      closed: true,
    });
  },
);

test("Socket.readyState: after a path that is not there it is closed", async () => {
  const client = net.connect({ path: uniquePath() });
  assert.equal(client.readyState, "opening");
  assert.equal(client.pending, true);
  const states: string[] = [];
  client.on("error", () => states.push(client.readyState));
  assert.equal(await closed(client), true);
  assert.deepEqual(states, ["closed"]);
});

forEachTransport(
  "Socket.connect(): a closed socket can connect again",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end("hello"));
    const client = bed.connect(server);
    let text = "";
    client.setEncoding("utf8");
    client.on("data", (chunk: string) => text += chunk);
    await closed(client);
    assert.equal(client.destroyed, true);
    assert.equal(text, "hello");
    client.connect(bed.transport.connectOptions(server));
    assert.deepEqual(state(client), {
      readyState: "opening",
      pending: true,
      connecting: true,
      destroyed: false,
      closed: false,
    });
    await event(client, "connect");
    await event(client, "close");
    assert.equal(text, "hellohello");
    assert.equal(client.readyState, "closed");
  },
);
