/**
 * Sockets and servers of the runtime's own `net` become ones of ours: by
 * `new net.Socket({ handle })` and `server.listen(handle)`.
 */
import assert from "node:assert/strict";
import native from "node:net";
import { PassThrough } from "node:stream";
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
  hasOldNativeSockets,
  ownPipesDoNotEnd,
  sharesNoHandles,
  takesOverNoServer,
} from "../helpers/runtime.ts";
import {
  noSecondTransport,
  portOf,
  skipHalfClose,
  type Transport,
} from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";

const { forEachTransport, tcpTest } = unless(noSecondTransport);

const skipOwnPipe = ({ ipc }: Transport) => ipc && ownPipesDoNotEnd;

interface NativePair {
  readonly server: native.Server;
  readonly client: native.Socket;
  readonly peer: native.Socket;
}

/** Both ends of a connection of the runtime's own; they close with the bed. */
async function nativePair(
  bed: Bed,
  options: native.ServerOpts = {},
): Promise<NativePair> {
  const server = native.createServer(options);
  bed.onClose(() => server.close());
  server.listen(bed.transport.listenOptions());
  await event(server, "listening");
  const accepted = event(server, "connection");
  const client = native.connect(
    bed.transport.connectOptions(server as unknown as net.Server),
  );
  bed.onClose(() => client.destroy());
  const [[peer]] = await Promise.all([accepted, event(client, "connect")]);
  return { server, client, peer: peer as native.Socket };
}

/** The socket of ours that takes a native one, or its handle, over. */
function takeOver(bed: Bed, handle: object, options: object = {}): net.Socket {
  return bed.track(new net.Socket({ ...options, handle } as object));
}

/** Waits until a native socket has read by itself. */
async function readAhead(socket: native.Socket): Promise<void> {
  socket.read(0);
  while (socket.readableLength === 0) await turn();
}

for (const form of ["socket", "handle"] as const) {
  forEachTransport(
    `Socket({ handle }): of a native ${form}, half-open both ways`,
    async (bed) => {
      const { client, peer } = await nativePair(bed, {
        allowHalfOpen: true,
        pauseOnConnect: true,
      });
      const handle = form === "socket"
        ? peer
        : (peer as unknown as { _handle: object })._handle;
      const ours = takeOver(bed, handle, { allowHalfOpen: true });
      const [got, back] = [received(ours), received(client)];
      client.end("question");
      assert.equal(String(await got), "question");
      assert.equal(ours.remotePort, client.localPort);
      assert.equal(ours.localAddress, client.remoteAddress);
      ours.end("answer");
      assert.equal(String(await back), "answer");
      assert.equal(await closed(ours), false);
      assert.equal(ours.bytesRead, "question".length);
      assert.equal(ours.bytesWritten, "answer".length);
    },
    (transport) => hasOldNativeSockets || skipHalfClose(transport),
  );
}

forEachTransport(
  "Socket({ handle }): takes what the native socket has read already, and nobody else hears it",
  async (bed) => {
    const { client, peer } = await nativePair(bed, { pauseOnConnect: true });
    client.write("early ");
    await readAhead(peer);
    peer.on("data", () => assert.fail("the native socket heard it"));
    peer.pause();
    const got = received(takeOver(bed, peer));
    client.end("and late");
    assert.equal(String(await got), "early and late");
  },
  skipOwnPipe,
);

forEachTransport(
  "Socket({ handle }): takes text that the native socket has decoded",
  async (bed) => {
    const { client, peer } = await nativePair(bed, { pauseOnConnect: true });
    peer.setEncoding("utf8");
    client.write("früh ");
    await readAhead(peer);
    const got = received(takeOver(bed, peer));
    client.end("und spät");
    assert.equal(String(await got), "früh und spät");
  },
  skipOwnPipe,
);

forEachTransport(
  "Socket({ handle }): takes what was read, and the end, after a pause",
  async (bed) => {
    const { client, peer } = await nativePair(bed, {
      allowHalfOpen: true,
      pauseOnConnect: true,
    });
    client.end("all of it");
    await readAhead(peer);
    for (let i = 0; i < 5; i++) await turn();
    const ours = takeOver(bed, peer).pause();
    for (let i = 0; i < 5; i++) await turn();
    const got = received(ours);
    ours.resume();
    assert.equal(String(await got), "all of it");
    await closed(ours);
  },
  skipOwnPipe,
);

forEachTransport(
  "Socket({ handle }): of a native socket that is destroyed, it ends and closes",
  async (bed) => {
    const { peer } = await nativePair(bed);
    peer.destroy();
    await event(peer, "close");
    const ours = takeOver(bed, peer).resume();
    await event(ours, "end");
    await closed(ours);
  },
);

forEachTransport(
  "Socket({ handle }): the server that accepted the native socket closes after it",
  async (bed) => {
    const { server, client, peer } = await nativePair(bed);
    const ours = takeOver(bed, peer).resume();
    const closing = event(server, "close");
    server.close();
    client.end();
    await closed(ours);
    await closing;
  },
  skipOwnPipe,
);

for (const form of ["server", "handle"] as const) {
  tcpTest(
    `Server.listen(): on a native ${form} that listens already, accepts in its place`,
    async (bed) => {
      const theirs = native.createServer(() => {
        assert.fail("the native server accepted it");
      });
      bed.onClose(() => theirs.close());
      theirs.listen(0, "127.0.0.1");
      await event(theirs, "listening");
      const { port } = theirs.address() as native.AddressInfo;
      const server = bed.createServer({}, (peer) => peer.end("from ours"));
      server.listen(
        form === "server"
          ? theirs
          : (theirs as unknown as { _handle: object })._handle,
      );
      await event(server, "listening");
      assert.equal(portOf(server), port);
      for (let i = 0; i < 5; i++) {
        const client = bed.track(net.connect(port, "127.0.0.1"));
        assert.equal(String(await received(client)), "from ours");
      }
    },
    sharesNoHandles || takesOverNoServer,
  );
}

forEachTransport(
  "Server.emit('connection'): a native socket becomes one of ours",
  async (bed) => {
    const { client, peer } = await nativePair(bed, { pauseOnConnect: true });
    client.write("early ");
    await readAhead(peer);
    const server = bed.createServer({ allowHalfOpen: true });
    const accepting = event(server, "connection");
    server.emit("connection", peer as unknown as net.Socket);
    const [ours] = await accepting as [net.Socket];
    assert.equal(Object.getPrototypeOf(ours), net.Socket.prototype);
    const got = received(ours);
    const back = received(client);
    client.end("and late");
    assert.equal(String(await got), "early and late");
    ours.end("answer");
    assert.equal(String(await back), "answer");
  },
  (transport) => hasOldNativeSockets || skipHalfClose(transport),
);

forEachTransport(
  "Server.emit('connection'): a socket of ours, TLS and a stream stay what they are",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const server = bed.createServer();
    const secure = new tls.TLSSocket(peer, { isServer: true });
    secure.on("error", () => {});
    const heard: unknown[] = [];
    server.removeAllListeners("connection");
    server.on("connection", (socket) => heard.push(socket));
    const values = [client, secure, new PassThrough()];
    for (const value of values) {
      server.emit("connection", value as unknown as net.Socket);
    }
    assert.deepEqual(heard.map((value, i) => value === values[i]), [
      true,
      true,
      true,
    ]);
  },
);

forEachTransport(
  "Socket({ handle }): of a socket of ours, takes its connection",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { pauseOnConnect: true },
    });
    const { _handle: handle } = peer as unknown as { _handle: object };
    const second = takeOver(bed, handle);
    const got = received(second);
    client.write("question");
    second.write("answer");
    assert.equal(String((await event(client, "data"))[0]), "answer");
    client.end();
    assert.equal(String(await got), "question");
  },
);
