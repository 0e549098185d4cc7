/**
 * What a server does with connections: counting them, dropping them, and
 * passing them on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { Duplex } from "node:stream";
import * as net from "../../mod.ts";
import { connectionsOf, fateOf } from "../helpers/connects.ts";
import { closed, errorOf, event } from "../helpers/net_helpers.ts";
import {
  eachTcp,
  forEachTransport,
  ipcTest,
  noDualStack,
  portOf,
  tcp4,
  tcpTest,
} from "../helpers/transports.ts";

forEachTransport(
  "Server.maxConnections: 0 drops everyone, without 'connection'",
  async (bed) => {
    const server = await bed.listen();
    server.maxConnections = 0;
    server.on("connection", () => assert.fail("no 'connection'"));
    let drops = 0;
    server.on("drop", () => drops++);
    for (let i = 1; i <= 3; i++) {
      const client = bed.connect(server);
      assert.deepEqual(await fateOf(client), ["connect", "end"]);
      assert.equal(drops, i);
    }
    assert.equal(await connectionsOf(server), 0);
  },
);

forEachTransport(
  "Server.maxConnections: 1 drops the second until the first is gone",
  async (bed) => {
    const { server, client, peer } = await bed.pair();
    server.maxConnections = 1;
    const dropped = event(server, "drop");
    const fate = fateOf(bed.connect(server));
    await dropped;
    assert.deepEqual(await fate, ["connect", "end"]);

    peer.resume();
    client.resume().end();
    await Promise.all([closed(client), closed(peer)]);
    server.on("drop", () => assert.fail("no 'drop'"));
    const accepted = event(server, "connection");
    bed.connect(server);
    await accepted;
  },
);

forEachTransport(
  "Server.maxConnections: n lets n in and drops the rest",
  async (bed) => {
    const server = await bed.listen();
    server.maxConnections = 3;
    let accepted = 0;
    let dropped = 0;
    const all = new Promise<void>((resolve) => {
      const check = () => accepted + dropped === 5 && resolve();
      server.on("connection", () => (accepted++, check()));
      server.on("drop", () => (dropped++, check()));
    });
    for (let i = 0; i < 5; i++) {
      const client = bed.connect(server);
      await event(client, "connect");
    }
    await all;
    assert.deepEqual([accepted, dropped], [3, 2]);
    assert.equal(await connectionsOf(server), 3);
  },
);

forEachTransport(
  "Server.maxConnections: may change while the server runs",
  async (bed) => {
    const { server } = await bed.pair();
    server.maxConnections = 1;
    const dropped = event(server, "drop");
    bed.connect(server).on("error", () => {});
    await dropped;
    for (const none of [2, undefined, null]) {
      server.maxConnections = none as never;
      const accepted = event(server, "connection");
      await event(bed.connect(server), "connect");
      const [socket] = await accepted as [net.Socket];
      socket.destroy();
      await closed(socket);
    }
  },
);

tcpTest(
  "Server 'drop': passes both addresses of the connection, in six fields",
  async (bed) => {
    const server = await bed.listen();
    server.maxConnections = 0;
    const dropped = event(server, "drop");
    const client = bed.connect(server);
    await event(client, "connect");
    const { localAddress, localPort } = client;
    const args = await dropped;
    assert.equal(args.length, 1);
    assert.deepEqual({ ...args[0] as net.DropArgument }, {
      localAddress: "127.0.0.1",
      localPort: portOf(server),
      localFamily: "IPv4",
      remoteAddress: localAddress,
      remotePort: localPort,
      remoteFamily: "IPv4",
    });
  },
);

tcpTest(
  "Server 'drop': passes IPv6 addresses, mapped ones included",
  async (bed) => {
    const server = bed.createServer();
    server.maxConnections = 0;
    server.listen(0);
    await event(server, "listening");
    for (
      const [host, address] of [["::1", "::1"], [
        "127.0.0.1",
        "::ffff:127.0.0.1",
      ]]
    ) {
      const dropped = event(server, "drop");
      const client = bed.track(net.connect(portOf(server), host!));
      const [data] = await dropped as [net.DropArgument];
      assert.deepEqual({ ...data }, {
        localAddress: address,
        localPort: portOf(server),
        localFamily: "IPv6",
        remoteAddress: address,
        remotePort: data.remotePort,
        remoteFamily: "IPv6",
      });
      await closed(client.resume());
    }
  },
  noDualStack,
);

ipcTest("Server 'drop': passes no addresses on a path", async (bed) => {
  const server = await bed.listen();
  server.maxConnections = 0;
  const dropped = event(server, "drop");
  bed.connect(server);
  assert.deepEqual(await dropped, []);
});

forEachTransport(
  "Server 'drop': inside its listener the server can be closed",
  async (bed) => {
    const server = await bed.listen();
    server.maxConnections = 0;
    server.on("drop", () => server.close());
    const closing = event(server, "close");
    const client = bed.connect(server);
    client.on("error", () => {});
    await Promise.all([closing, closed(client.resume())]);
  },
);

forEachTransport(
  "Server.dropMaxConnection: outside a cluster a surplus peer is dropped with or without it",
  async (bed) => {
    for (const value of [true, false]) {
      const server = await bed.listen();
      server.maxConnections = 0;
      server.dropMaxConnection = value;
      assert.equal(server.dropMaxConnection, value);
      const dropped = event(server, "drop");
      const fate = fateOf(bed.connect(server));
      await dropped;
      assert.deepEqual(await fate, ["connect", "end"]);
    }
  },
);

forEachTransport(
  "Server.getConnections(): counts those that are open",
  async (bed) => {
    const server = await bed.listen();
    assert.equal(await connectionsOf(server), 0);
    const peers: net.Socket[] = [];
    for (let i = 1; i <= 3; i++) {
      const accepted = event(server, "connection");
      await event(bed.connect(server), "connect");
      peers.push((await accepted)[0] as net.Socket);
      assert.equal(await connectionsOf(server), i);
    }
    for (const [i, peer] of peers.entries()) {
      peer.destroy();
      assert.equal(await connectionsOf(server), 2 - i);
      await closed(peer);
    }
  },
);

forEachTransport(
  "Server.getConnections(): calls back later, with null and the count, and returns the server",
  async (bed) => {
    const server = await bed.listen();
    let called = false;
    const args = await new Promise<unknown[]>((resolve) => {
      const returned = server.getConnections((...args: unknown[]) => {
        called = true;
        resolve(args);
      });
      assert.equal(returned, server);
      assert.equal(called, false);
    });
    assert.deepEqual(args, [null, 0]);
  },
);

forEachTransport(
  "Server 'connection': one for each peer of a burst",
  async (bed) => {
    const server = await bed.listen();
    const total = 50;
    const peers = new Set<net.Socket>();
    const all = new Promise<void>((resolve) => {
      server.on("connection", (peer: net.Socket) => {
        if (peers.add(peer).size === total) resolve();
      });
    });
    for (let i = 0; i < total; i++) bed.connect(server);
    await all;
    assert.equal(await connectionsOf(server), total);
  },
);

forEachTransport(
  "Server 'connection': the listener of createServer() is called on the server, with the socket alone",
  async (bed) => {
    const call = new Promise<[unknown, unknown[]]>((resolve) => {
      const server = net.createServer(
        function (this: unknown, ...args: unknown[]) {
          resolve([this, args]);
          bed.track(args[0] as net.Socket);
        },
      );
      server.listen(bed.transport.listenOptions(), () => bed.connect(server));
    });
    const [self, args] = await call;
    assert.ok(self instanceof net.Server);
    assert.equal(args.length, 1);
    assert.ok(args[0] instanceof net.Socket);
    assert.ok(args[0] instanceof Duplex);
    (self as net.Server).close();
  },
);

forEachTransport(
  "Server 'connection': the socket is connected, open and knows its server",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server);
    assert.equal((client as unknown as { server: unknown }).server, null);
    const [peer] = await accepted as [net.Socket & { server: unknown }];
    assert.equal(peer.server, server);
    assert.equal(peer.readyState, "open");
    assert.equal(peer.connecting, false);
    assert.equal(peer.pending, false);
    assert.equal(peer.destroyed, false);
    peer.destroy();
    assert.equal(peer.server, server);
  },
);

tcpTest(
  "Server 'connection': the socket has both addresses at once",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server);
    await event(client, "connect");
    const [peer] = await accepted as [net.Socket];
    assert.deepEqual(
      [peer.localAddress, peer.localPort, peer.localFamily],
      ["127.0.0.1", portOf(server), "IPv4"],
    );
    assert.deepEqual(
      [peer.remoteAddress, peer.remotePort, peer.remoteFamily],
      ["127.0.0.1", client.localPort, "IPv4"],
    );
  },
);

/** A server that is created while `events.captureRejections` is on. */
function capturing(
  listener: (socket: net.Socket) => Promise<void>,
): net.Server {
  EventEmitter.captureRejections = true;
  try {
    return net.createServer(listener);
  } finally {
    EventEmitter.captureRejections = false;
  }
}

forEachTransport(
  "Server: with captureRejections, a rejected 'connection' listener destroys the socket with its error",
  async (bed) => {
    const reason = new Error("rejected");
    const failed = new Promise<unknown>((resolve) => {
      const server = capturing((socket) => {
        bed.track(socket).on("error", resolve);
        return Promise.reject(reason);
      });
      server.on("error", () => assert.fail("no 'error' of the server"));
      server.listen(bed.transport.listenOptions(), () => {
        const client = bed.connect(server);
        client.on("error", () => {}).resume();
        client.on("close", () => server.close());
      });
    });
    assert.equal(await failed, reason);
  },
);

tcpTest(
  "Server: with captureRejections, another rejected listener is an 'error' of the server",
  async () => {
    const reason = new Error("rejected");
    const server = capturing(() => Promise.resolve());
    server.on("listening", () => Promise.reject(reason));
    server.listen(tcp4.listenOptions());
    assert.equal(await errorOf(server), reason);
    await new Promise((resolve) => server.close(resolve));
  },
);

tcpTest("Server: emit('connection') hands over any stream", async (bed) => {
  const server = bed.createServer();
  const socket = new net.Socket();
  const accepted = event(server, "connection");
  server.emit("connection", socket);
  assert.deepEqual(await accepted, [socket]);
  assert.equal(await connectionsOf(server), 0);
});

eachTcp(
  "Server 'connection': comes before the 'connect' of a client in the same process",
  async (bed) => {
    const order: string[] = [];
    const server = await bed.listen({}, () => order.push("connection"));
    const client = bed.connect(server);
    client.once("connect", () => order.push("connect"));
    await event(client, "connect");
    assert.deepEqual(order, ["connection", "connect"]);
  },
);

eachTcp(
  "Server.close(): right after the 'connect' of a client, its connection is there already",
  async (bed) => {
    const server = await bed.listen();
    let accepted = 0;
    server.on("connection", () => accepted++);
    const client = bed.connect(server);
    await new Promise<void>((resolve) => {
      client.once("connect", () => {
        server.close();
        resolve();
      });
    });
    assert.equal(accepted, 1);
    assert.equal(client.destroyed, false);
  },
);
