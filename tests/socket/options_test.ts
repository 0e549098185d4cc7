import assert from "node:assert/strict";
import process from "node:process";
import { Duplex, getDefaultHighWaterMark } from "node:stream";
import { test } from "node:test";
import { inherits } from "node:util";
import * as net from "../../mod.ts";
import { closed, event, received, turn } from "../helpers/net_helpers.ts";
import {
  eachTcp,
  forEachTransport,
  noSecondTransport,
  portOf,
  tcp4,
  tcpTest,
  testOver,
} from "../helpers/transports.ts";
import { getDefaultAdapter } from "../../runtime/select.ts";
import { featureUnavailable } from "../../runtime/errors.ts";
import { refusesTypeOfService } from "../helpers/runtime.ts";
import { noDelayOf, noOptions } from "../helpers/tcp_table.ts";

/** Any constructor function, as code from before classes declares it. */
interface LegacySocket extends net.Socket {
  label: string;
}

test("net.Socket: is a Duplex, and Stream is another name of it", () => {
  const socket = new net.Socket();
  assert.ok(socket instanceof net.Socket);
  assert.ok(socket instanceof Duplex);
  assert.equal(net.Stream, net.Socket);
  assert.equal(net.default.Socket, net.Socket);
  assert.ok(net.Socket.prototype instanceof Duplex);
  assert.equal(net.Socket.name, "Socket");
  assert.equal(socket.constructor, net.Socket);
  socket.destroy();
});

test("net.Socket: has Node's defaults", () => {
  const socket = new net.Socket();
  assert.equal(socket.allowHalfOpen, false);
  assert.equal(socket.connecting, false);
  assert.equal(socket.readableObjectMode, false);
  assert.equal(socket.writableObjectMode, false);
  assert.equal(socket.readableHighWaterMark, getDefaultHighWaterMark(false));
  assert.equal(socket.writableHighWaterMark, getDefaultHighWaterMark(false));
  assert.equal(socket.timeout, undefined);
  assert.deepEqual(socket.address(), {});
  assert.equal(socket.localAddress, undefined);
  assert.equal(socket.localPort, undefined);
  assert.equal(socket.localFamily, undefined);
  assert.equal(socket.remoteAddress, undefined);
  assert.equal(socket.remotePort, undefined);
  assert.equal(socket.remoteFamily, undefined);
  socket.destroy();
});

test("net.Socket(): makes a socket without new", () => {
  const call = net.Socket as unknown as (options?: object) => net.Socket;
  const socket = call({ allowHalfOpen: true });
  assert.ok(socket instanceof net.Socket);
  assert.equal(socket.allowHalfOpen, true);
  socket.destroy();
});

tcpTest("net.Socket: can be extended by a class", async (bed) => {
  class Counting extends net.Socket {
    ends = 0;
    override end(...args: unknown[]): this {
      this.ends++;
      return super.end(...args as [string]);
    }
  }
  const server = await bed.listen({}, (peer) => peer.pipe(peer));
  const socket = bed.track(new Counting({ allowHalfOpen: true }));
  assert.ok(socket instanceof net.Socket);
  assert.equal(socket.allowHalfOpen, true);
  socket.connect(bed.transport.connectOptions(server));
  await event(socket, "connect");
  socket.write("a");
  socket.write("b");
  socket.end("c");
  assert.equal(String(await received(socket)), "abc");
  assert.equal(socket.ends, 1);
});

tcpTest(
  "net.Socket: can be extended by a function, as before classes",
  async (bed) => {
    const init = net.Socket as unknown as {
      call(self: unknown, options?: object): void;
    };
    function Legacy(this: LegacySocket, label: string) {
      init.call(this, { allowHalfOpen: true });
      this.label = label;
    }
    Object.setPrototypeOf(Legacy.prototype, net.Socket.prototype);
    Object.setPrototypeOf(Legacy, net.Socket);

    function Inherited(this: LegacySocket, label: string) {
      init.call(this);
      this.label = label;
    }
    inherits(Inherited, net.Socket);

    const server = await bed.listen({}, (peer) => peer.pipe(peer));
    for (
      const [make, halfOpen] of [[Legacy, true], [Inherited, false]] as const
    ) {
      const Made = make as unknown as new (label: string) => LegacySocket;
      const socket = bed.track(new Made("mine"));
      assert.ok(socket instanceof Made);
      assert.ok(socket instanceof net.Socket);
      assert.equal(socket.label, "mine");
      assert.equal(socket.allowHalfOpen, halfOpen);
      socket.connect(bed.transport.connectOptions(server));
      await event(socket, "connect");
      assert.equal(socket.remoteAddress, "127.0.0.1");
      socket.end("legacy");
      assert.equal(String(await received(socket)), "legacy");
      await closed(socket);
    }
  },
);

test("net.Socket: refuses object mode", () => {
  for (
    const name of ["objectMode", "readableObjectMode", "writableObjectMode"]
  ) {
    assert.throws(() => new net.Socket({ [name]: true }), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_VALUE",
      message: `The property 'options.${name}' is not supported. Received true`,
    });
    new net.Socket({ [name]: false }).destroy();
  }
});

test("net.Socket: refuses a bad keepAliveInitialDelay", () => {
  for (const value of ["1000", null, {}, true, 1n]) {
    const options = { keepAliveInitialDelay: value as number };
    assert.throws(() => new net.Socket(options), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
    });
  }
  for (const value of [undefined, 0, -1, 1500, 2 ** 40]) {
    new net.Socket({ keepAliveInitialDelay: value }).destroy();
  }
});

test("net.Socket: refuses a bad descriptor", () => {
  for (const fd of ["x", {}, null, true]) {
    assert.throws(() => new net.Socket({ fd: fd as number }), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
    });
  }
  for (const fd of [-1, 1.5, NaN, 2 ** 31]) {
    assert.throws(() => new net.Socket({ fd }), {
      name: "RangeError",
      code: "ERR_OUT_OF_RANGE",
    });
  }
});

test("net.Socket: refuses a blockList that is none", () => {
  for (const blockList of ["x", {}, true, []]) {
    assert.throws(
      () => new net.Socket({ blockList } as net.SocketConstructorOpts),
      { name: "TypeError", code: "ERR_INVALID_ARG_TYPE" },
    );
  }
});

test("Socket.setNoDelay() and setKeepAlive(): return the socket before it connects", () => {
  const socket = new net.Socket();
  assert.equal(socket.setNoDelay(), socket);
  assert.equal(socket.setNoDelay(false), socket);
  assert.equal(socket.setKeepAlive(), socket);
  assert.equal(socket.setKeepAlive(true, 1000), socket);
  assert.equal(socket.ref(), socket);
  assert.equal(socket.unref(), socket);
  socket.destroy();
  assert.equal(socket.setNoDelay(true), socket);
  assert.equal(socket.setKeepAlive(true), socket);
});

forEachTransport(
  "Socket.setNoDelay() and setKeepAlive(): on a connection, in every form",
  async (bed) => {
    const { client, peer } = await bed.pair();
    for (const socket of [client, peer]) {
      assert.equal(socket.setNoDelay(), socket);
      assert.equal(socket.setNoDelay(true), socket);
      assert.equal(socket.setNoDelay(false), socket);
      assert.equal(socket.setKeepAlive(), socket);
      assert.equal(socket.setKeepAlive(true), socket);
      assert.equal(socket.setKeepAlive(true, 2000), socket);
      assert.equal(socket.setKeepAlive(false), socket);
    }
    const got = received(peer);
    client.end("still works");
    assert.equal(String(await got), "still works");
    client.destroy();
    assert.equal(client.setNoDelay(), client);
    assert.equal(client.setKeepAlive(true, 1000), client);
  },
);

forEachTransport(
  "net.connect(): takes noDelay, keepAlive and keepAliveInitialDelay",
  async (bed) => {
    const forms = [
      { noDelay: true },
      { keepAlive: true },
      { keepAlive: true, keepAliveInitialDelay: 5000 },
      { keepAlive: true, keepAliveInitialDelay: -5 },
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 },
      { noDelay: false, keepAlive: false },
    ];
    for (const options of forms) {
      const { client, peer } = await bed.pair({
        client: { ...options },
        server: { ...options },
      });
      const got = received(peer);
      client.end("hello");
      assert.equal(String(await got), "hello");
    }
  },
);

forEachTransport(
  "net.connect(): readable false and writable false leave one side out",
  async (bed) => {
    const server = await bed.listen({ allowHalfOpen: true });
    const writeOnly = bed.connect(server, { readable: false });
    assert.equal(writeOnly.readyState, "opening");
    await event(writeOnly, "connect");
    assert.equal(writeOnly.readyState, "writeOnly");
    const readOnly = bed.connect(server, { writable: false });
    await event(readOnly, "connect");
    assert.equal(readOnly.readyState, "readOnly");
  },
);

eachTcp("Socket addresses: what both ends of a connection say", async (bed) => {
  const { server, client, peer } = await bed.pair();
  const [address, family] = bed.transport === tcp4
    ? ["127.0.0.1", "IPv4"]
    : ["::1", "IPv6"];
  const port = portOf(server);
  assert.deepEqual(client.address(), {
    address,
    family,
    port: client.localPort,
  });
  assert.equal(client.remoteAddress, address);
  assert.equal(client.remoteFamily, family);
  assert.equal(client.remotePort, port);
  assert.equal(client.localAddress, address);
  assert.equal(client.localFamily, family);
  assert.deepEqual(peer.address(), { address, family, port });
  assert.equal(peer.remotePort, client.localPort);
  assert.equal(peer.localPort, port);
  assert.equal(Reflect.get(peer, "server"), server);
  assert.equal(Reflect.get(client, "server"), null);
  client.destroy();
  // The peer's address stays if it was read once; our own address is gone.
  assert.equal(client.remoteAddress, address);
  assert.equal(client.remotePort, port);
  assert.deepEqual(client.address(), {});
  assert.equal(client.localAddress, undefined);
  assert.equal(client.localPort, undefined);
  assert.equal(client.localFamily, undefined);
});

forEachTransport(
  "Socket addresses: a path has none, and a closed socket has none",
  async (bed) => {
    const { client, peer } = await bed.pair();
    if (!bed.transport.ipc) client.destroy();
    const sockets = bed.transport.ipc ? [client, peer] : [client];
    for (const socket of sockets) {
      assert.deepEqual(socket.address(), {});
      assert.equal(socket.localAddress, undefined);
      assert.equal(socket.localPort, undefined);
      assert.equal(socket.localFamily, undefined);
      assert.equal(socket.remoteAddress, undefined);
      assert.equal(socket.remotePort, undefined);
      assert.equal(socket.remoteFamily, undefined);
    }
  },
);

tcpTest(
  "typeOfService: is set, or throws that it is unavailable",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.track(
      net.connect({
        port: portOf(server),
        host: "127.0.0.1",
        typeOfService: 16,
      }),
    );
    const outcome = await new Promise<unknown>((resolve) => {
      socket.once("connect", () => resolve(socket.getTypeOfService()));
      socket.once(
        "error",
        (error) => resolve((error as { code?: string }).code),
      );
    });
    assert.ok(
      outcome === 16 || outcome === "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
      String(outcome),
    );
  },
  refusesTypeOfService,
);

/** Nagle's algorithm means nothing to a first write. */
function writeTwice(socket: net.Socket): void {
  socket.write("one");
  socket.write("two");
}

testOver(
  tcp4,
  "Socket.setNoDelay(): Nagle's algorithm is on, unless it is turned off",
  async (bed) => {
    const cases: [net.SocketConstructorOpts, boolean[], boolean][] = [
      [{}, [], false],
      [{ noDelay: false }, [], false],
      [{ noDelay: true }, [], true],
      [{}, [false], false],
      [{}, [true], true],
      [{}, [true, false], false],
      [{ noDelay: true }, [false], false],
    ];
    for (const [options, calls, expected] of cases) {
      const { client, peer } = await bed.pair({
        client: options,
        server: { noDelay: options.noDelay },
      });
      for (const socket of [client, peer]) {
        for (const on of calls) socket.setNoDelay(on);
        writeTwice(socket);
        assert.equal(
          noDelayOf(socket),
          expected,
          `${JSON.stringify(options)} ${calls}`,
        );
      }
    }
    // These may go through another transport.
    if (noSecondTransport) return;
    const bound = bed.createServer();
    bound.listen(new net.BoundSocket({ host: "127.0.0.1" }));
    await event(bound, "listening");
    const accepted = event(bound, "connection");
    const client = bed.connect(bound, { localAddress: "127.0.0.1" });
    await event(client, "connect");
    const [peer] = await accepted as [net.Socket];
    [client, peer].forEach(writeTwice);
    assert.equal(noDelayOf(client), false);
    assert.equal(noDelayOf(peer), false);
  },
  noOptions,
);

tcpTest(
  "Socket.setKeepAlive(): a delay that cannot be set is the system's, with a warning",
  async (bed) => {
    const native = getDefaultAdapter();
    const calls: [boolean, number][] = [];
    const adapter: net.RuntimeAdapter = {
      ...native,
      connect: (target, sink) =>
        native.connect(target, {
          onConnect(connection) {
            connection.setKeepAlive = (on, delay) => {
              calls.push([on, delay]);
              if (delay) throw featureUnavailable("keepAliveDelay", "test");
            };
            sink.onConnect(connection);
          },
          onError: (error) => sink.onError(error),
        }),
    };
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    const server = await bed.listen();
    const client = bed.connect(server, {
      adapter,
      keepAlive: true,
      keepAliveInitialDelay: 5000,
    });
    await event(client, "connect");
    client.setKeepAlive(true, 7000);
    client.setKeepAlive(false);
    await turn();
    process.off("warning", onWarning);
    assert.deepEqual(calls, [
      [true, 5],
      [true, 0],
      [true, 7],
      [true, 0],
      [false, 0],
    ]);
    const names = warnings.map(({ name }) => name);
    assert.deepEqual(names, ["UnavailableFeatureWarning"]);
  },
);
