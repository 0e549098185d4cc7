/**
 * `net.BoundSocket`: an address that is bound before it is used.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync, unlinkSync } from "node:fs";
import nodeNet from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test as anyTest } from "node:test";
import * as net from "../../mod.ts";
import {
  type Bed,
  closed,
  errorOf,
  event,
  received,
  turn,
} from "../helpers/net_helpers.ts";
import { knowsReusePort, noFiles, runtimeName } from "../helpers/runtime.ts";
import { errno, fields } from "../helpers/system_errors.ts";
import { tempFolder, uniquePath } from "../helpers/temp_folder.ts";
import { bindsLate, noBinding, portOf, tcp4 } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { sharesPipes } from "../helpers/wine.ts";

const { eachTcp, forEachTransport, ipcTest, tcpTest, test, testOver } = unless(
  noBinding,
);
/** As `ipcTest`, of the file of a path. */
const { ipcTest: fileTest } = unless(noBinding || noFiles);

const adopted = {
  name: "Error",
  code: "ERR_SOCKET_HANDLE_ADOPTED",
  message: "The bound socket has already been adopted by a server or socket",
};

/** A socket bound to a new address of the bed's transport. */
function bind(bed: Bed): net.BoundSocket {
  return new net.BoundSocket(bed.transport.listenOptions());
}

/** Options of a connect to the address of `bound`. */
function reach(bound: net.BoundSocket): net.NetConnectOpts {
  const address = bound.address();
  return typeof address === "string"
    ? { path: address }
    : { port: address.port, host: address.address };
}

function portOfBound(bound: net.BoundSocket): number {
  return (bound.address() as net.AddressInfo).port;
}

function assertUsedUp(bound: net.BoundSocket): void {
  assert.throws(() => bound.address(), adopted);
  assert.throws(() => bound.fd(), adopted);
  assert.throws(() => bound.close(), adopted);
  bound[Symbol.dispose]();
}

eachTcp("BoundSocket: knows its address, and the port it got", (bed) => {
  const { host } = bed.transport.listenOptions() as { host: string };
  const bound = bind(bed);
  const { address, family, port } = bound.address() as net.AddressInfo;
  assert.equal(address, host);
  assert.equal(family, host.includes(":") ? "IPv6" : "IPv4");
  assert.ok(port > 0);
  assert.equal(bound.address(), bound.address());
  assert.equal(bound.isPipe, false);
  assert.equal(typeof bound.fd(), "number");
  bound.close();
  assertUsedUp(bound);
});

test("BoundSocket: every IPv4 interface and any port, if nothing is said", () => {
  for (const options of [undefined, {}, { host: undefined, port: 0 }]) {
    const bound = new net.BoundSocket(options);
    const { address, family, port } = bound.address() as net.AddressInfo;
    assert.deepEqual([address, family], ["0.0.0.0", "IPv4"]);
    assert.ok(port > 0);
    bound.close();
  }
});

anyTest("BoundSocket: is refused where no address can be bound", {
  skip: !noBinding && "here it can",
}, () => {
  for (const options of [{}, { host: "::1" }, { path: uniquePath() }]) {
    assert.throws(() => new net.BoundSocket(options), {
      code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    });
  }
});

fileTest("BoundSocket: a path is there at once, and gone once closed", () => {
  const path = uniquePath();
  const bound = new net.BoundSocket({ path });
  assert.equal(bound.address(), path);
  assert.equal(bound.isPipe, true);
  assert.equal(existsSync(path), true);
  bound.close();
  assertUsedUp(bound);
  assert.equal(existsSync(path), false);
});

// Linux lets two sockets bind a port as long as neither of them listens.
ipcTest("BoundSocket: nobody else gets its path", async (bed) => {
  const bound = bind(bed);
  const path = bound.address() as string;
  assert.throws(() => new net.BoundSocket({ path }), {
    code: "EADDRINUSE",
    syscall: "bind",
  });
  const server = bed.createServer();
  const failed = errorOf(server);
  server.listen(path);
  assert.equal((await failed).code, "EADDRINUSE");
  bound[Symbol.dispose]();
  assertUsedUp(bound);
  new net.BoundSocket({ path }).close();
}, bindsLate || sharesPipes);

forEachTransport("BoundSocket: nobody listens there yet", async (bed) => {
  const bound = bind(bed);
  const client = bed.track(net.connect(reach(bound)));
  assert.equal((await errorOf(client)).code, "ECONNREFUSED");
  bound.close();
}, ({ ipc }) => ipc && noFiles && "a named pipe takes clients once bound");

tcpTest("BoundSocket: errors as bind(2) has them", async (bed) => {
  const port = portOf(await bed.listen());
  assert.deepEqual(
    fields(failure({ host: "127.0.0.1", port })),
    {
      name: "Error",
      message: `bind EADDRINUSE 127.0.0.1:${port}`,
      code: "EADDRINUSE",
      errno: errno("EADDRINUSE"),
      syscall: "bind",
      address: "127.0.0.1",
      port,
    },
  );
  // An address reserved for documentation: no machine has it (RFC 5737).
  const foreign = failure({ host: "192.0.2.1" });
  assert.equal(foreign.message, "bind EADDRNOTAVAIL 192.0.2.1");
  assert.equal(foreign.code, "EADDRNOTAVAIL");
}, bindsLate);

fileTest(
  "BoundSocket.close(): leaves a folder that took the place of its file",
  () => {
    const path = uniquePath();
    const bound = new net.BoundSocket({ path });
    unlinkSync(path);
    mkdirSync(path);
    bound.close();
    assert.ok(statSync(path).isDirectory());
  },
);

fileTest("BoundSocket: errors of a path", () => {
  for (
    const [path, code] of [
      [tempFolder, "EADDRINUSE"],
      [join(tempFolder, "missing", "sock"), "EACCES"],
      [join(tempFolder, "x".repeat(150)), "EINVAL"],
    ] as const
  ) {
    assert.deepEqual(fields(failure({ path })), {
      name: "Error",
      message: `bind ${code}`,
      code,
      errno: errno(code),
      syscall: "bind",
    });
  }
});

function failure(options: net.BoundSocketOptions): NodeJS.ErrnoException {
  try {
    new net.BoundSocket(options).close();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error("it is bound");
}

test("BoundSocket: refuses bad options", () => {
  const exclusive =
    "path is mutually exclusive with host, port, ipv6Only, and reusePort";
  for (
    const [options, code, message] of [
      [8124, "ERR_INVALID_ARG_TYPE", /"options" argument must be of type obj/],
      [{ host: "localhost" }, "ERR_INVALID_ARG_VALUE", /numeric IP address/],
      [{ host: 1 }, "ERR_INVALID_ARG_TYPE", /"options\.host" property/],
      [{ port: 65536 }, "ERR_SOCKET_BAD_PORT", /^options\.port should be/],
      [{ ipv6Only: 1 }, "ERR_INVALID_ARG_TYPE", /"options\.ipv6Only"/],
      [{ reusePort: "" }, "ERR_INVALID_ARG_TYPE", /"options\.reusePort"/],
      [{ path: 1 }, "ERR_INVALID_ARG_TYPE", /"options\.path" property/],
      [{ path: "a", port: 1 }, "ERR_INVALID_ARG_VALUE", new RegExp(exclusive)],
    ] as const
  ) {
    assert.throws(
      () => new net.BoundSocket(options as net.BoundSocketOptions),
      { code, message },
      JSON.stringify(options),
    );
  }
});

forEachTransport(
  "Server.listen(): takes a bound socket, in each form, and uses it up",
  async (bed) => {
    const forms: ((
      server: net.Server,
      bound: net.BoundSocket,
      callback: () => void,
    ) => net.Server)[] = [
      (server, bound, callback) => server.listen(bound, callback),
      (server, bound, callback) => server.listen(bound, 16, callback),
      (server, handle, callback) => server.listen({ handle }, callback),
    ];
    for (const listen of forms) {
      const bound = bind(bed);
      const address = bound.address();
      const server = bed.createServer({}, (peer) => peer.end("hello"));
      let called = false;
      const listening = event(server, "listening");
      assert.equal(listen(server, bound, () => called = true), server);
      assertUsedUp(bound);
      await listening;
      assert.equal(called, true);
      assert.equal(server.listening, true);
      assert.deepEqual(server.address(), address);
      assert.equal(String(await received(bed.connect(server))), "hello");
      await new Promise((resolve) => server.close(resolve));
      if (typeof address === "string") {
        await turn();
        assert.equal(existsSync(address), false);
      }
    }
  },
);

tcpTest(
  "Server.listen(): leaves a bound socket alone if it listens",
  async (bed) => {
    const server = await bed.listen();
    const bound = bind(bed);
    assert.throws(() => server.listen(bound), {
      code: "ERR_SERVER_ALREADY_LISTEN",
    });
    assert.ok(portOfBound(bound) > 0);
    bound.close();
    assert.throws(() => bed.createServer().listen(bound), adopted);
  },
);

eachTcp(
  "net.Socket({ handle }): connects from where it is bound",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const bound = bind(bed);
    const { address, family, port } = bound.address() as net.AddressInfo;
    const socket = bed.track(new net.Socket({ handle: bound }));
    assertUsedUp(bound);
    assert.deepEqual(socket.address(), { address, family, port });
    assert.equal(socket.localPort, port);
    assert.equal(socket.connecting, false);
    assert.equal(socket.pending, false);
    socket.connect(bed.transport.connectOptions(server));
    assert.equal(socket.localPort, port);
    await event(socket, "connect");
    const [peer] = await accepted as [net.Socket];
    assert.equal(peer.remotePort, port);
    assert.equal(peer.remoteAddress, address);
    assert.equal(socket.localPort, port);
    peer.end("hello");
    assert.equal(String(await received(socket)), "hello");
  },
);

tcpTest(
  "connect({ handle }): a host name is looked up, one address tried",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.end(String(peer.remotePort));
    });
    const bound = bind(bed);
    const port = portOfBound(bound);
    const socket = bed.track(net.connect({
      port: portOf(server),
      host: "a.name",
      handle: bound,
      lookup: (_host, _options, callback) => callback(null, "127.0.0.1", 4),
    }));
    assert.equal(String(await received(socket)), String(port));
    assert.equal(socket.autoSelectFamilyAttemptedAddresses, undefined);
  },
);

tcpTest("connect({ handle }): no other source address", (bed) => {
  const bound = bind(bed);
  const socket = bed.track(new net.Socket({ handle: bound }));
  assert.throws(
    () => socket.connect({ port: 1, host: "127.0.0.1", localPort: 5 }),
    {
      code: "ERR_INVALID_ARG_VALUE",
      message: /localAddress and localPort cannot be used with an adopted/,
    },
  );
});

tcpTest(
  "connect({ handle }): a failure is as without, and frees the address",
  async (bed) => {
    const bound = bind(bed);
    const { port } = bound.address() as net.AddressInfo;
    const socket = bed.track(
      net.connect({ port: 1, host: "127.0.0.1", handle: bound }),
    );
    const error = await errorOf(socket);
    assert.deepEqual(fields(error), {
      name: "Error",
      message: "connect ECONNREFUSED 127.0.0.1:1",
      code: "ECONNREFUSED",
      errno: errno("ECONNREFUSED"),
      syscall: "connect",
      address: "127.0.0.1",
      port: 1,
    });
    await closed(socket);
    await turn();
    new net.BoundSocket({ host: "127.0.0.1", port }).close();
  },
);

fileTest(
  "connect({ handle }): from a path, which is this end's address",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end("hello"));
    const bound = bind(bed);
    const path = bound.address() as string;
    const socket = bed.track(new net.Socket({ handle: bound }));
    assert.deepEqual(socket.address(), { address: path });
    socket.connect(bed.transport.connectOptions(server));
    await event(socket, "connect");
    assert.equal(socket.localAddress, path);
    assert.equal(existsSync(path), true);
    assert.equal(String(await received(socket)), "hello");
    await closed(socket);
    await turn();
    assert.equal(existsSync(path), false);
  },
);

fileTest("connect({ handle }): a path to nobody", async (bed) => {
  const bound = bind(bed);
  const path = bound.address() as string;
  const socket = bed.track(
    net.connect({ path: `${path}-missing`, handle: bound }),
  );
  assert.equal((await errorOf(socket)).code, "ENOENT");
  await closed(socket);
  await turn();
  assert.equal(existsSync(path), false);
});

forEachTransport(
  "Socket.destroy(): frees what it was to connect from",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.on("error", () => {}));
    const to = bed.transport.connectOptions(server);
    const unanswered = { host: "a.name", lookup: () => {} };
    for (const start of [false, true]) {
      const bound = bind(bed);
      const address = bound.address();
      const socket = bed.track(new net.Socket({ handle: bound }));
      if (start) socket.connect({ ...to, ...unanswered } as never);
      socket.destroy();
      await closed(socket);
      await turn();
      if (typeof address === "string") {
        assert.equal(existsSync(address), false);
      } else {
        const { address: host, port } = address;
        new net.BoundSocket({ host, port }).close();
      }
    }
  },
);

testOver(
  tcp4,
  "Server.listen(), net.Socket(): take a BoundSocket of the runtime's own",
  async (bed) => {
    const { BoundSocket } = nodeNet as unknown as typeof net;
    const server = bed.createServer({}, (peer) => peer.end("hello"));
    const listening = event(server, "listening");
    server.listen(new BoundSocket({ host: "127.0.0.1" }));
    await listening;
    const socket = bed.track(
      new net.Socket({ handle: new BoundSocket({ host: "127.0.0.1" }) }),
    );
    socket.connect(portOf(server), "127.0.0.1");
    assert.equal(String(await received(socket)), "hello");
  },
  !("BoundSocket" in nodeNet) && "the runtime has none",
);

tcpTest("BoundSocket({ ipv6Only, reusePort }): count, or are refused", () => {
  for (const options of [{ ipv6Only: true }, { reusePort: true }]) {
    let bound;
    try {
      bound = new net.BoundSocket(options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOTSUP" && "reusePort" in options) {
        assert.notEqual(process.platform, "linux");
        continue;
      }
      assert.equal(code, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
      assert.equal(runtimeName === "deno" || !knowsReusePort, true);
      continue;
    }
    if (options.reusePort) {
      const { port } = bound.address() as net.AddressInfo;
      new net.BoundSocket({ port, reusePort: true }).close();
    } else {
      assert.equal((bound.address() as net.AddressInfo).address, "::");
    }
    bound.close();
  }
});
