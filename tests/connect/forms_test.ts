/**
 * The call forms of `connect()`, and the properties of a socket before, while
 * and after it is connected.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as net from "../../mod.ts";
import {
  type Bed,
  closed,
  errorOf,
  event,
  received,
  turn,
} from "../helpers/net_helpers.ts";
import { errno, fields } from "../helpers/system_errors.ts";
import {
  forEachTransport,
  ipcTest,
  noLoopbackNetwork,
  noSecondTransport,
  portOf,
  tcpTest,
} from "../helpers/transports.ts";

/** The three ways to connect: two functions and the method. */
const ways: Record<string, (...args: never[]) => net.Socket> = {
  "net.connect": net.connect as never,
  "net.createConnection": net.createConnection as never,
  "Socket.connect":
    ((...args: [never]) => new net.Socket().connect(...args)) as never,
};

/** The arguments of one way, without the callback. */
const tcpForms: Record<string, (port: number) => unknown[]> = {
  "(port, host, cb)": (port) => [port, "127.0.0.1"],
  "(numeric string, host, cb)": (port) => [String(port), "127.0.0.1"],
  "(hexadecimal string, host, cb)": (
    port,
  ) => [`0x${port.toString(16)}`, "127.0.0.1"],
  "(port, cb)": (port) => [port],
  "(port, undefined, cb)": (port) => [port, undefined],
  "({ port, host }, cb)": (port) => [{ port, host: "127.0.0.1" }],
  "({ port: numeric string, host }, cb)": (
    port,
  ) => [{ port: String(port), host: "127.0.0.1" }],
  "({ port }, cb)": (port) => [{ port }],
  "({ port, host, path: '' }, cb)": (
    port,
  ) => [{ port, host: "127.0.0.1", path: "" }],
  "({ port, host, path: null }, cb)": (
    port,
  ) => [{ port, host: "127.0.0.1", path: null }],
};

/** The callback is called once, on the socket, at `'connect'`. */
async function checkForm(
  bed: Bed,
  way: (...args: never[]) => net.Socket,
  args: unknown[],
): Promise<void> {
  const calls: unknown[][] = [];
  function callback(this: unknown, ...args: unknown[]) {
    calls.push([this, ...args]);
  }
  const socket = bed.track(way(...[...args, callback] as never[]));
  assert.ok(socket instanceof net.Socket);
  assert.equal(socket.connecting, true);
  await event(socket, "ready");
  await turn();
  assert.deepEqual(calls, [[socket]]);
  assert.equal(socket.listenerCount("connect"), 0);
  socket.destroy();
}

for (const [form, argsFor] of Object.entries(tcpForms)) {
  for (const [name, way] of Object.entries(ways)) {
    tcpTest(
      `${name}${form}: connects over TCP and calls back once`,
      async (bed) => {
        const server = bed.createServer();
        server.listen(0);
        await event(server, "listening");
        const accepted = event(server, "connection");
        await checkForm(bed, way, argsFor(portOf(server)));
        await accepted;
      },
    );
  }
}

const ipcForms: Record<string, (path: string) => unknown[]> = {
  "(path, cb)": (path) => [path],
  "({ path }, cb)": (path) => [{ path }],
  "({ path, port, host }, cb), where the path wins": (
    path,
  ) => [{ path, port: 1, host: "127.0.0.1" }],
};

for (const [form, argsFor] of Object.entries(ipcForms)) {
  for (const [name, way] of Object.entries(ways)) {
    ipcTest(
      `${name}${form}: connects to a path and calls back once`,
      async (bed) => {
        const server = await bed.listen();
        const accepted = event(server, "connection");
        await checkForm(bed, way, argsFor(server.address() as string));
        await accepted;
      },
    );
  }
}

forEachTransport("connect(): works without a callback", async (bed) => {
  const server = await bed.listen();
  for (const way of Object.values(ways)) {
    const args = [bed.transport.connectOptions(server)];
    await event(bed.track(way(...args as never[])), "connect");
  }
});

forEachTransport("Socket.connect(): returns the socket", async (bed) => {
  const server = await bed.listen();
  const socket = bed.track(new net.Socket());
  assert.equal(
    socket.connect(bed.transport.connectOptions(server)),
    socket,
  );
  await event(socket, "connect");
});

forEachTransport(
  "Socket: 'ready' comes right after 'connect', both once and without arguments",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.connect(server);
    const events: unknown[][] = [];
    socket.on("connect", (...args: unknown[]) => {
      events.push(["connect", ...args]);
      queueMicrotask(() => events.push(["microtask"]));
    });
    socket.on("ready", (...args: unknown[]) => events.push(["ready", ...args]));
    await event(socket, "ready");
    await turn();
    assert.deepEqual(events, [["connect"], ["ready"], ["microtask"]]);
  },
);

forEachTransport(
  "connect(): again on a socket that was used and closed",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end("hello"));
    const socket = bed.track(new net.Socket());
    for (let i = 0; i < 3; i++) {
      const closing = event(socket, "close");
      socket.connect(bed.transport.connectOptions(server));
      assert.equal(socket.destroyed, false);
      assert.equal(socket.connecting, true);
      await event(socket, "connect");
      assert.equal(socket.readyState, "open");
      assert.equal(String(await received(socket)), "hello");
      assert.deepEqual(await closing, [false]);
      assert.equal(socket.bytesRead, 5);
      assert.equal(socket.destroyed, true);
    }
  },
);

forEachTransport(
  "connect(): inside 'close' of the connection before",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end());
    const socket = bed.track(new net.Socket());
    let connects = 0;
    socket.on("connect", () => connects++);
    const thrice = new Promise<void>((resolve) => {
      socket.on("close", () => {
        if (connects === 3) resolve();
        else socket.connect(bed.transport.connectOptions(server));
      });
    });
    socket.connect(bed.transport.connectOptions(server));
    socket.resume();
    await thrice;
    assert.equal(connects, 3);
  },
);

tcpTest("connect(): to another server after the first", async (bed) => {
  const socket = bed.track(new net.Socket());
  socket.resume();
  for (const host of ["127.0.0.1", "::1"]) {
    const server = bed.createServer({}, (peer) => peer.end());
    server.listen(0, host);
    await event(server, "listening");
    const closing = event(socket, "close");
    socket.connect(portOf(server), host);
    await event(socket, "connect");
    assert.equal(socket.remoteAddress, host);
    assert.equal(socket.remotePort, portOf(server));
    await closing;
  }
});

tcpTest(
  "connect({ localAddress, localPort }): is where the connection comes from",
  async (bed) => {
    const server = await bed.listen();
    const free = await bed.listen();
    const localPort = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    for (
      const [options, check] of [
        [{ localAddress: "127.0.0.2" }, (peer: net.Socket) => {
          assert.equal(peer.remoteAddress, "127.0.0.2");
        }],
        [{ localPort }, (peer: net.Socket) => {
          assert.equal(peer.remotePort, localPort);
        }],
        [{ localAddress: "127.0.0.2", localPort }, (peer: net.Socket) => {
          assert.equal(peer.remoteAddress, "127.0.0.2");
          assert.equal(peer.remotePort, localPort);
        }],
      ] as const
    ) {
      const accepted = event(server, "connection");
      const socket = bed.connect(server, options);
      const [peer] = await accepted as [net.Socket];
      check(peer);
      assert.equal(socket.localAddress, peer.remoteAddress);
      assert.equal(socket.localPort, peer.remotePort);
      // A reset leaves no connection in TIME_WAIT, so that the port is free.
      socket.resetAndDestroy();
      peer.on("error", () => {});
      await closed(peer.resume());
    }
  },
  noSecondTransport || noLoopbackNetwork,
);

tcpTest("connect({ localAddress }): of IPv6", async (bed) => {
  const server = bed.createServer();
  server.listen(0, "::1");
  await event(server, "listening");
  const socket = bed.track(net.connect({
    port: portOf(server),
    host: "::1",
    localAddress: "::1",
  }));
  await event(socket, "connect");
  assert.equal(socket.localAddress, "::1");
}, noSecondTransport);

forEachTransport(
  "connect({ timeout }): sets the idle time-out, and 'timeout' comes",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.connect(server, { timeout: 20 });
    assert.equal(socket.timeout, 20);
    await event(socket, "timeout");
    assert.equal(socket.destroyed, false);
  },
);

forEachTransport(
  "Socket.connect({ timeout }): is an option of net.connect() alone",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.track(new net.Socket());
    socket.connect(
      { timeout: 20, ...bed.transport.connectOptions(server) } as never,
    );
    await event(socket, "connect");
    assert.equal(socket.timeout, undefined);
  },
);

/** The properties of a socket without a connection. */
function assertNoAddresses(socket: net.Socket): void {
  assert.equal(socket.localAddress, undefined);
  assert.equal(socket.localPort, undefined);
  assert.equal(socket.localFamily, undefined);
  assert.equal(socket.remoteAddress, undefined);
  assert.equal(socket.remotePort, undefined);
  assert.equal(socket.remoteFamily, undefined);
  assert.deepEqual(socket.address(), {});
}

tcpTest("Socket: before connect() has no address and is pending", () => {
  const socket = new net.Socket();
  assertNoAddresses(socket);
  assert.equal(socket.pending, true);
  assert.equal(socket.connecting, false);
  assert.equal(socket.destroyed, false);
  assert.equal(socket.readyState, "open");
  assert.equal(socket.bytesRead, 0);
  assert.equal(socket.bytesWritten, 0);
  assert.equal(socket.timeout, undefined);
  assert.equal(socket.bufferSize, undefined);
  assert.equal(socket.autoSelectFamilyAttemptedAddresses, undefined);
});

forEachTransport(
  "Socket: while connecting has no address of the other side",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.connect(server);
    assert.equal(socket.pending, true);
    assert.equal(socket.connecting, true);
    assert.equal(socket.readyState, "opening");
    assert.equal(socket.remoteAddress, undefined);
    assert.equal(socket.remotePort, undefined);
    assert.equal(socket.remoteFamily, undefined);
    await event(socket, "connect");
    assert.equal(socket.pending, false);
    assert.equal(socket.connecting, false);
    assert.equal(socket.readyState, "open");
  },
);

for (
  const [host, family] of [["127.0.0.1", "IPv4"], ["::1", "IPv6"]] as const
) {
  tcpTest(
    `Socket: knows both ends while connected, over ${family}`,
    async (bed) => {
      const server = bed.createServer();
      server.listen(0, host);
      await event(server, "listening");
      const accepted = event(server, "connection");
      const client = bed.track(net.connect(portOf(server), host));
      await event(client, "connect");
      const [peer] = await accepted as [net.Socket];

      assert.equal(client.localAddress, host);
      assert.equal(client.localFamily, family);
      assert.equal(client.remoteAddress, host);
      assert.equal(client.remoteFamily, family);
      assert.equal(client.remotePort, portOf(server));
      assert.deepEqual(client.address(), {
        address: host,
        family,
        port: client.localPort,
      });
      assert.equal(peer.remotePort, client.localPort);
      assert.equal(peer.localPort, client.remotePort);
      assert.deepEqual(peer.address(), {
        address: host,
        family,
        port: portOf(server),
      });
    },
  );
}

tcpTest(
  "Socket: after destroy() has no address of its own; that of the other side stays if it was asked for",
  async (bed) => {
    const server = await bed.listen();
    for (const wasAsked of [true, false]) {
      const client = bed.connect(server);
      await event(client, "connect");
      if (wasAsked) assert.equal(client.remoteAddress, "127.0.0.1");
      client.destroy();
      for (let i = 0; i < 2; i++) {
        assert.equal(client.localAddress, undefined);
        assert.equal(client.localPort, undefined);
        assert.equal(client.localFamily, undefined);
        assert.deepEqual(client.address(), {});
        const [address, port, family] = wasAsked
          ? ["127.0.0.1", portOf(server), "IPv4"]
          : [];
        assert.equal(client.remoteAddress, address);
        assert.equal(client.remotePort, port);
        assert.equal(client.remoteFamily, family);
        await closed(client);
      }
      assert.equal(client.pending, true);
      assert.equal(client.readyState, "closed");
    }
  },
);

ipcTest("Socket: on a path has no address, on neither side", async (bed) => {
  const { client, peer } = await bed.pair();
  for (const socket of [client, peer]) {
    assertNoAddresses(socket);
    assert.equal(socket.pending, false);
    assert.equal(socket.readyState, "open");
    socket.destroy();
    assertNoAddresses(socket);
  }
});

tcpTest(
  "Socket.connect(): while it is connecting ends in EALREADY",
  async (bed) => {
    const server = await bed.listen();
    const port = portOf(server);
    const socket = bed.track(new net.Socket());
    const failed = errorOf(socket);
    socket.on("connect", () => assert.fail("no 'connect'"));
    socket.connect(port, "127.0.0.1", () => assert.fail("no callback"));
    socket.connect(port, "127.0.0.1", () => assert.fail("no callback"));
    const { message, ...error } = fields(await failed);
    // Not every runtime reports the local address of an attempt under way.
    assert.match(
      String(message),
      /^connect EALREADY 127\.0\.0\.1:\d+( - Local \(127\.0\.0\.1:\d+\))?$/,
    );
    assert.deepEqual(error, {
      name: "Error",
      code: "EALREADY",
      errno: errno("EALREADY"),
      syscall: "connect",
      address: "127.0.0.1",
      port,
    });
    assert.equal(await closed(socket), true);
  },
);

ipcTest(
  "Socket.connect(path): while it is connected ends in EISCONN",
  async (bed) => {
    const { server, client } = await bed.pair();
    const path = server.address() as string;
    const failed = errorOf(client);
    client.connect(path);
    assert.deepEqual(fields(await failed), {
      name: "Error",
      message: `connect EISCONN ${path}`,
      code: "EISCONN",
      errno: errno("EISCONN"),
      syscall: "connect",
      address: path,
    });
    assert.equal(await closed(client), true);
  },
);

forEachTransport(
  "net.connect(): the options of Socket count, too",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.connect(server, {
      allowHalfOpen: true,
      highWaterMark: 1234,
    });
    assert.equal(socket.allowHalfOpen, true);
    assert.equal(socket.readableHighWaterMark, 1234);
    assert.equal(socket.writableHighWaterMark, 1234);
    await event(socket, "connect");
  },
);

tcpTest(
  "connect(): leaves the options it was given as they were",
  async (bed) => {
    const server = await bed.listen();
    const options = Object.freeze({
      port: portOf(server),
      host: "127.0.0.1",
      keepAliveInitialDelay: 1,
    });
    await event(bed.track(net.connect(options)), "connect");
  },
);

forEachTransport(
  "Socket.destroy(): right after connect() leaves no connection",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.track(new net.Socket());
    socket.on("connect", () => assert.fail("no 'connect'"));
    socket.on("error", () => assert.fail("no 'error'"));
    socket.connect(bed.transport.connectOptions(server));
    socket.destroy();
    assert.equal(await closed(socket), false);
    await turn();
  },
);
