/**
 * How `connect()` fails: code, errno, syscall, address, port and message of the
 * system errors, and the state of the socket afterwards.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { eventNames, failure, freePort } from "../helpers/connects.ts";
import {
  type Bed,
  closed,
  event,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { runFixture } from "../helpers/spawn.ts";
import { errno, fields } from "../helpers/system_errors.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import {
  forEachTransport,
  noSecondTransport,
  portOf,
  tcpTest,
} from "../helpers/transports.ts";

const notLinux = process.platform === "linux"
  ? false
  : "these are Linux's answers";

for (
  const [address, family] of [
    ["127.0.0.1", 4],
    ["::1", 6],
    ["0.0.0.0", 4],
    ["::ffff:127.0.0.1", 6],
  ] as const
) {
  tcpTest(`connect(): ECONNREFUSED of ${address}`, async (bed) => {
    const port = await freePort(bed);
    const { error, events } = await failure(bed, { port, host: address });
    assert.deepEqual(fields(error), {
      name: "Error",
      message: `connect ECONNREFUSED ${address}:${port}`,
      code: "ECONNREFUSED",
      errno: errno("ECONNREFUSED"),
      syscall: "connect",
      address,
      port,
    });
    assert.deepEqual(events, [
      ["connectionAttempt", address, port, family],
      ["connectionAttemptFailed", address, port, family, error],
      ["error", error],
      ["close", true],
    ]);
  });
}

forEachTransport(
  "'connectionAttemptFailed': a socket that ends there does not finish",
  async (bed) => {
    const nobody = bed.transport.ipc
      ? { path: uniquePath() }
      : { port: await freePort(bed), host: "127.0.0.1" };
    const socket = bed.track(new net.Socket());
    const log = record(socket, ["prefinish", "finish", "error", "close"]);
    socket.once("connectionAttemptFailed", () => socket.end());
    socket.connect(nobody);
    await closed(socket);
    await turn();
    assert.deepEqual(log, ["error", "close"]);
  },
);

tcpTest(
  "connect(): ECONNREFUSED of a host name names the address",
  async (bed) => {
    const port = await freePort(bed);
    const { error } = await failure(bed, {
      port,
      host: "localhost",
      family: 4,
    });
    assert.deepEqual(fields(error), {
      name: "Error",
      message: `connect ECONNREFUSED 127.0.0.1:${port}`,
      code: "ECONNREFUSED",
      errno: errno("ECONNREFUSED"),
      syscall: "connect",
      address: "127.0.0.1",
      port,
    });
  },
);

tcpTest("connect(): ECONNREFUSED of port 0 says no port", async (bed) => {
  const { error, events } = await failure(bed, { port: 0, host: "127.0.0.1" });
  assert.deepEqual(fields(error), {
    name: "Error",
    message: "connect ECONNREFUSED 127.0.0.1",
    code: "ECONNREFUSED",
    errno: errno("ECONNREFUSED"),
    syscall: "connect",
    address: "127.0.0.1",
  });
  assert.deepEqual(events[0], ["connectionAttempt", "127.0.0.1", 0, 4]);
}, notLinux);

tcpTest(
  "connect({ localAddress, localPort }): ECONNREFUSED names both ends",
  async (bed) => {
    const port = await freePort(bed);
    const localPort = await freePort(bed);
    const { error } = await failure(bed, {
      port,
      host: "127.0.0.1",
      localAddress: "127.0.0.1",
      localPort,
    });
    assert.deepEqual(fields(error), {
      name: "Error",
      message: `connect ECONNREFUSED 127.0.0.1:${port} - ` +
        `Local (127.0.0.1:${localPort})`,
      code: "ECONNREFUSED",
      errno: errno("ECONNREFUSED"),
      syscall: "connect",
      address: "127.0.0.1",
      port,
      localAddress: "127.0.0.1",
      localPort,
    });
  },
  noSecondTransport,
);

tcpTest(
  "connect({ localAddress }): EADDRNOTAVAIL of an address that is not ours, before any attempt",
  async (bed) => {
    const { error, events } = await failure(bed, {
      port: await freePort(bed),
      host: "127.0.0.1",
      localAddress: "192.0.2.1",
    });
    assert.deepEqual(fields(error), {
      name: "Error",
      message: "bind EADDRNOTAVAIL 192.0.2.1",
      code: "EADDRNOTAVAIL",
      errno: errno("EADDRNOTAVAIL"),
      syscall: "bind",
      address: "192.0.2.1",
    });
    assert.deepEqual(events, [["error", error], ["close", true]]);
  },
  noSecondTransport,
);

tcpTest(
  "connect({ localAddress }): EINVAL of an address of the other family",
  async (bed) => {
    const port = await freePort(bed);
    for (
      const [host, localAddress] of [["127.0.0.1", "::1"], ["::1", "127.0.0.1"]]
    ) {
      const { error, events } = await failure(bed, {
        port,
        host,
        localAddress,
      });
      assert.deepEqual(fields(error), {
        name: "Error",
        message: `bind EINVAL ${localAddress}`,
        code: "EINVAL",
        errno: errno("EINVAL"),
        syscall: "bind",
        address: localAddress,
      });
      assert.deepEqual(events, [["error", error], ["close", true]]);
    }
  },
  noSecondTransport,
);

tcpTest(
  "connect({ localPort }): EADDRINUSE of a port that listens",
  async (bed) => {
    const server = await bed.listen();
    const port = portOf(server);
    const { error, events } = await failure(bed, {
      port: await freePort(bed),
      host: "127.0.0.1",
      localAddress: "127.0.0.1",
      localPort: port,
    });
    assert.deepEqual(fields(error), {
      name: "Error",
      message: `bind EADDRINUSE 127.0.0.1:${port}`,
      code: "EADDRINUSE",
      errno: errno("EADDRINUSE"),
      syscall: "bind",
      address: "127.0.0.1",
      port,
    });
    assert.deepEqual(events, [["error", error], ["close", true]]);
  },
  noSecondTransport,
);

test("connect(): ENETUNREACH of a broadcast address, which is known at once", {
  skip: notLinux,
  timeout: 30_000,
}, async () => {
  const socket = new net.Socket();
  const events: unknown[][] = [];
  for (const name of eventNames) {
    socket.on(name, (...args: unknown[]) => events.push([name, ...args]));
  }
  socket.connect(4321, "127.255.255.255");
  assert.equal(await closed(socket), true);
  const error = events[1]![1] as Error;
  assert.deepEqual(fields(error), {
    name: "Error",
    message: "connect ENETUNREACH 127.255.255.255:4321 - Local (0.0.0.0:0)",
    code: "ENETUNREACH",
    errno: errno("ENETUNREACH"),
    syscall: "connect",
    address: "127.255.255.255",
    port: 4321,
  });
  assert.deepEqual(events, [
    ["connectionAttempt", "127.255.255.255", 4321, 4],
    ["error", error],
    ["close", true],
  ]);
});

/** Options of a connect that must fail, over the transport of the bed. */
async function nowhere(bed: Bed): Promise<net.NetConnectOpts> {
  const server = await bed.listen();
  const options = bed.transport.connectOptions(server);
  await new Promise((resolve) => server.close(resolve));
  return options;
}

forEachTransport(
  "connect(): after a failure no data, callback or 'connect' comes",
  async (bed) => {
    const socket = bed.track(new net.Socket());
    const outcome: unknown[] = [];
    socket.on(
      "error",
      (error: NodeJS.ErrnoException) => outcome.push(error.syscall),
    );
    socket.connect(await nowhere(bed), () => assert.fail("no callback"));
    socket.on("data", () => assert.fail("no 'data'"));
    assert.equal(await closed(socket), true);
    await turn();
    assert.deepEqual(outcome, ["connect"]);
    assert.equal(socket.localAddress, undefined);
    assert.equal(socket.remoteAddress, undefined);
    assert.deepEqual(socket.address(), {});
    assert.equal(socket.bytesRead, 0);
  },
);

forEachTransport(
  "connect(): a write waiting for a connection that fails gets ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
  async (bed) => {
    const socket = bed.track(new net.Socket());
    socket.on("error", () => {});
    const options = await nowhere(bed);
    const outcome = new Promise<NodeJS.ErrnoException>((resolve) => {
      socket.connect(options);
      socket.write(
        "never sent",
        (error) => resolve(error as NodeJS.ErrnoException),
      );
    });
    assert.deepEqual(fields(await outcome), {
      name: "Error",
      message: "Socket closed before the connection was established",
      code: "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
    });
  },
);

forEachTransport(
  "Socket.destroy(): before the failure is known leaves only 'close'",
  async (bed) => {
    const options = await nowhere(bed);
    const socket = bed.track(new net.Socket());
    const events: string[] = [];
    for (const name of ["connect", "error", "close"]) {
      socket.on(name, () => events.push(name));
    }
    socket.connect(options);
    socket.destroy();
    assert.equal(await closed(socket), false);
    await turn();
    await turn();
    assert.deepEqual(events, ["close"]);
  },
);

forEachTransport(
  "Socket.destroy(error): while connecting gives that error alone",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.connect(server);
    const errors: unknown[] = [];
    socket.on("error", (error) => errors.push(error));
    const reason = new Error("changed my mind");
    socket.destroy(reason);
    assert.equal(await closed(socket), true);
    await turn();
    assert.deepEqual(errors, [reason]);
  },
);

forEachTransport(
  "Socket.destroy(): inside 'error' of connect changes nothing",
  async (bed) => {
    const socket = bed.track(net.connect(await nowhere(bed)));
    let errors = 0;
    socket.on("error", () => {
      errors++;
      socket.destroy(new Error("a second one"));
    });
    assert.equal(await closed(socket), true);
    assert.equal(errors, 1);
  },
);

forEachTransport(
  "connect(): works on the same socket after a failure",
  async (bed) => {
    const socket = bed.track(new net.Socket());
    socket.connect(await nowhere(bed));
    await event(socket, "error");
    await event(socket, "close");
    const server = await bed.listen({}, (peer) => peer.end("at last"));
    socket.connect(bed.transport.connectOptions(server));
    assert.equal(socket.readyState, "opening");
    const [chunk] = await event(socket, "data");
    assert.equal(String(chunk), "at last");
  },
);

forEachTransport(
  "connect(): an 'error' nobody listens to is thrown",
  async (bed) => {
    const options = await nowhere(bed);
    const { code, stderr } = await runFixture("connect_uncaught", {
      args: "path" in options
        ? [options.path]
        : [String(options.port), options.host!],
    });
    assert.notEqual(code, 0);
    assert.match(stderr, bed.transport.ipc ? /ENOENT/ : /ECONNREFUSED/);
  },
);
