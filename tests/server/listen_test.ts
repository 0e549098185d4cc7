/**
 * `Server.listen()`: its call forms, the address it binds, and when that is
 * known.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { getDefaultAdapter } from "../../runtime/select.ts";
import { withFallback } from "../../runtime/with_fallback.ts";
import { type Bed, errorOf, event, turn } from "../helpers/net_helpers.ts";
import { knowsReusePort, noFiles, runtimeName } from "../helpers/runtime.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import {
  anyAddress,
  forEachTransport,
  ipcTest,
  noBacklog,
  noDualStack,
  noIPv6,
  noSecondTransport,
  portOf,
  tcp6,
  tcpTest,
  testOver,
} from "../helpers/transports.ts";

type Listen = (server: net.Server, callback: () => void) => net.Server;

const isWindows = process.platform === "win32";

const anywhere = (server: net.Server) => {
  assert.equal((server.address() as net.AddressInfo).address, anyAddress);
};
const ipv4Loopback = (server: net.Server) => {
  assert.equal((server.address() as net.AddressInfo).address, "127.0.0.1");
};

/** Arguments of `listen()` for TCP, and the address it must bind. */
const tcpForms: Record<string, [Listen, (server: net.Server) => void]> = {
  "(cb)": [(s, cb) => s.listen(cb), anywhere],
  "(undefined, cb)": [(s, cb) => s.listen(undefined, cb), anywhere],
  "(null, cb)": [(s, cb) => s.listen(null as never, cb), anywhere],
  "(port, cb)": [(s, cb) => s.listen(0, cb), anywhere],
  "(numeric string, cb)": [
    (s, cb) => s.listen("0" as never, cb),
    anywhere,
  ],
  "(port, backlog, cb)": [(s, cb) => s.listen(0, 5, cb), anywhere],
  "(port, host, cb)": [(s, cb) => s.listen(0, "127.0.0.1", cb), ipv4Loopback],
  "(port, host, backlog, cb)": [
    (s, cb) => s.listen(0, "127.0.0.1", 5, cb),
    ipv4Loopback,
  ],
  "(port, undefined, cb)": [
    (s, cb) => s.listen(0, undefined, cb),
    anywhere,
  ],
  "(port, undefined, undefined, cb)": [
    (s, cb) => s.listen(0, undefined, undefined, cb),
    anywhere,
  ],
  "({ port }, cb)": [(s, cb) => s.listen({ port: 0 }, cb), anywhere],
  "({ port: numeric string }, cb)": [
    (s, cb) => s.listen({ port: "0" as never }, cb),
    anywhere,
  ],
  "({ port: undefined }, cb)": [
    (s, cb) => s.listen({ port: undefined }, cb),
    anywhere,
  ],
  "({ port: null }, cb)": [
    (s, cb) => s.listen({ port: null as never }, cb),
    anywhere,
  ],
  "({ port, host }, cb)": [
    (s, cb) => s.listen({ port: 0, host: "127.0.0.1" }, cb),
    ipv4Loopback,
  ],
  "({ port, host: null }, cb)": [
    (s, cb) => s.listen({ port: 0, host: null as never }, cb),
    anywhere,
  ],
  "({ port, host: '' }, cb)": [
    (s, cb) => s.listen({ port: 0, host: "" }, cb),
    anywhere,
  ],
  "({ port, host, backlog, exclusive }, cb)": [
    (s, cb) =>
      s.listen(
        { port: 0, host: "127.0.0.1", backlog: 5, exclusive: true },
        cb,
      ),
    ipv4Loopback,
  ],
  "({ port, path }, cb), where the port wins": [
    (s, cb) => s.listen({ port: 0, path: uniquePath() }, cb),
    anywhere,
  ],
  "({ port: undefined, path }, cb), where the port wins": [
    (s, cb) => s.listen({ port: undefined, path: uniquePath() }, cb),
    anywhere,
  ],
};

/**
 * The callback is called once, on the server, and the call returns the server.
 */
async function checkForm(bed: Bed, listen: Listen): Promise<net.Server> {
  const server = bed.createServer();
  let calls = 0;
  const listening = event(server, "listening");
  const returned = listen(server, function (this: unknown, ...args: unknown[]) {
    calls++;
    assert.equal(this, server);
    assert.deepEqual(args, []);
  });
  assert.equal(returned, server);
  assert.equal(calls, 0);
  await listening;
  await turn();
  assert.equal(calls, 1);
  assert.equal(server.listening, true);
  return server;
}

for (const [form, [listen, check]] of Object.entries(tcpForms)) {
  tcpTest(
    `Server.listen${form}: listens over TCP and calls back once`,
    async (bed) => {
      const server = await checkForm(bed, listen);
      check(server);
      const { port, family } = server.address() as net.AddressInfo;
      assert.ok(port > 0 && port < 65536);
      assert.equal(
        family,
        net.isIPv6((server.address() as net.AddressInfo).address)
          ? "IPv6"
          : "IPv4",
      );
      const client = bed.track(net.connect(port, "127.0.0.1"));
      await event(client, "connect");
    },
    form.includes("backlog") && noBacklog,
  );
}

const ipcForms: Record<
  string,
  (path: string) => Listen
> = {
  "(path, cb)": (path) => (s, cb) => s.listen(path, cb),
  "(path, backlog, cb)": (path) => (s, cb) => s.listen(path, 5, cb),
  "({ path }, cb)": (path) => (s, cb) => s.listen({ path }, cb),
  "({ path, backlog, exclusive }, cb)": (path) => (s, cb) =>
    s.listen({ path, backlog: 5, exclusive: true }, cb),
};

for (const [form, listenOn] of Object.entries(ipcForms)) {
  ipcTest(
    `Server.listen${form}: listens on a path and calls back once`,
    async (bed) => {
      const path = uniquePath();
      const server = await checkForm(bed, listenOn(path));
      assert.equal(server.address(), path);
      const client = bed.track(net.connect(path));
      await event(client, "connect");
    },
    form.includes("backlog") && noBacklog,
  );
}

tcpTest(
  "Server.listen(): without arguments takes a free port of all addresses",
  async (bed) => {
    const server = bed.createServer();
    assert.equal(server.listen(), server);
    await event(server, "listening");
    anywhere(server);
  },
);

tcpTest(
  "Server.listen(): takes the port as a number, a decimal or a hexadecimal string",
  async (bed) => {
    const first = await bed.listen();
    const port = portOf(first);
    await new Promise((resolve) => first.close(resolve));
    for (const form of [port, String(port), `0x${port.toString(16)}`]) {
      const server = bed.createServer();
      server.listen(form as number, "127.0.0.1");
      await event(server, "listening");
      assert.equal(portOf(server), port);
      await new Promise((resolve) => server.close(resolve));
    }
  },
);

tcpTest(
  "Server.listening: true as soon as listen(port) returns",
  async (bed) => {
    const server = bed.createServer();
    assert.equal(server.listening, false);
    assert.equal(server.address(), null);
    let emitted = false;
    server.on("listening", () => emitted = true);
    server.listen(0);
    assert.equal(server.listening, true);
    assert.notEqual(portOf(server), 0);
    assert.equal(emitted, false);
    await event(server, "listening");
  },
);

ipcTest(
  "Server.listening: true as soon as listen(path) returns",
  async (bed) => {
    const path = uniquePath();
    const server = bed.createServer();
    server.listen(path);
    assert.equal(server.listening, true);
    assert.equal(server.address(), path);
    assert.ok(isWindows || existsSync(path));
    await event(server, "listening");
  },
);

tcpTest(
  "Server.listening: a host is resolved first, so listen(port, host) returns before",
  async (bed) => {
    const server = bed.createServer();
    server.listen(0, "127.0.0.1");
    assert.equal(server.listening, false);
    assert.equal(server.address(), null);
    await event(server, "listening");
    assert.equal(server.listening, true);
  },
);

forEachTransport(
  "Server.listening: false as soon as close() returns",
  async (bed) => {
    const server = await bed.listen();
    assert.equal(server.listening, true);
    const closing = event(server, "close");
    server.close();
    assert.equal(server.listening, false);
    await closing;
    assert.equal(server.listening, false);
  },
);

forEachTransport(
  "Server: 'listening' comes before the first 'connection'",
  async (bed) => {
    const server = bed.createServer();
    const events: string[] = [];
    server.on("listening", () => events.push("listening"));
    server.on("connection", () => events.push("connection"));
    server.listen(bed.transport.listenOptions());
    await event(server, "listening");
    bed.connect(server);
    await event(server, "connection");
    assert.deepEqual(events, ["listening", "connection"]);
  },
);

tcpTest(
  "Server.address(): address, family and port of a TCP server, nothing else",
  async (bed) => {
    const server = await bed.listen();
    assert.deepEqual(server.address(), {
      address: "127.0.0.1",
      family: "IPv4",
      port: portOf(server),
    });
  },
);

tcpTest("Server.address(): null once the server is closed", async (bed) => {
  const server = await bed.listen();
  await new Promise((resolve) => server.close(resolve));
  assert.equal(server.address(), null);
});

tcpTest(
  "Server.listen(): '::' takes IPv4 peers too, and shows them mapped",
  async (bed) => {
    const server = bed.createServer();
    server.listen(0);
    await event(server, "listening");
    for (
      const [host, address] of [
        ["127.0.0.1", "::ffff:127.0.0.1"],
        ["::1", "::1"],
      ]
    ) {
      const accepted = event(server, "connection");
      bed.track(net.connect(portOf(server), host!));
      const [socket] = await accepted as [net.Socket];
      assert.equal(socket.remoteAddress, address);
      assert.equal(socket.remoteFamily, "IPv6");
    }
  },
  noDualStack,
);

// Neither Deno.listen() nor Deno's node:net sets IPV6_V6ONLY, and a listener
// that accepts IPv4 peers nevertheless would ignore the option silently. The C
// library is called on Linux only.
if (runtimeName === "deno" && process.platform !== "linux") {
  tcpTest(
    "Server.listen({ ipv6Only }): is refused where it cannot be had",
    async (bed) => {
      const server = bed.createServer();
      const failed = errorOf(server);
      server.listen({ port: 0, host: "::", ipv6Only: true });
      const { code, message } = await failed;
      assert.equal(code, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
      assert.match(message, /ipv6Only/);
    },
  );
} else {
  tcpTest(
    "Server.listen({ ipv6Only }): keeps IPv4 peers out, and their port free",
    async (bed) => {
      const server = bed.createServer();
      server.listen({ port: 0, host: "::", ipv6Only: true });
      await event(server, "listening");
      assert.deepEqual(server.address(), {
        address: "::",
        family: "IPv6",
        port: portOf(server),
      });
      const refused = bed.track(net.connect(portOf(server), "127.0.0.1"));
      assert.equal((await errorOf(refused)).code, "ECONNREFUSED");
      const client = bed.track(net.connect(portOf(server), "::1"));
      await event(client, "connect");

      const other = bed.createServer();
      other.listen(portOf(server), "0.0.0.0");
      await event(other, "listening");
    },
    noSecondTransport,
  );
}

tcpTest("Server.listen({ ipv6Only: false }): the default", async (bed) => {
  const server = bed.createServer();
  server.listen({ port: 0, host: "::", ipv6Only: false });
  await event(server, "listening");
  const client = bed.track(net.connect(portOf(server), "127.0.0.1"));
  await event(client, "connect");
}, noDualStack);

tcpTest("Server.listen(): resolves a host name", async (bed) => {
  const server = bed.createServer();
  server.listen(0, "localhost");
  await event(server, "listening");
  const { address } = server.address() as net.AddressInfo;
  assert.ok(address === "127.0.0.1" || address === "::1", address);
});

tcpTest(
  "Server.listen({ backlog: 1 }): peers get in one after the other",
  async (bed) => {
    const server = bed.createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 });
    await event(server, "listening");
    for (let i = 0; i < 4; i++) {
      const accepted = event(server, "connection");
      bed.connect(server);
      await accepted;
    }
  },
  noBacklog,
);

forEachTransport(
  "Server.listen({ backlog }): is an 'error' where an adapter cannot set it",
  async (bed) => {
    const native = getDefaultAdapter();
    const capabilities = { ...native.capabilities, backlog: false };
    const lacking = { ...native, name: "lacking", capabilities };
    const adapter = withFallback(lacking, undefined, () => false);
    const server = bed.createServer({ adapter });
    const failed = errorOf(server);
    server.listen({ ...bed.transport.listenOptions(), backlog: 5 });
    const { name, code, message } = await failed;
    assert.deepEqual({ name, code, message }, {
      name: "TypeError",
      code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
      message: "The feature backlog is unavailable on this version of lacking",
    });
    assert.equal(server.listening, false);
  },
);

const noReusePort = process.platform !== "linux"
  ? "SO_REUSEPORT balances on Linux only"
  : !knowsReusePort && "this Node has no reusePort";

test("Server.listen({ reusePort }): two servers listen on one port", {
  skip: noSecondTransport || noReusePort,
  timeout: 30_000,
}, async () => {
  const first = net.createServer();
  first.listen({ port: 0, host: "127.0.0.1", reusePort: true });
  await event(first, "listening");
  const second = net.createServer();
  second.listen({ port: portOf(first), host: "127.0.0.1", reusePort: true });
  await event(second, "listening");
  assert.equal(portOf(second), portOf(first));

  const third = net.createServer();
  third.listen({ port: portOf(first), host: "127.0.0.1" });
  assert.equal((await errorOf(third)).code, "EADDRINUSE");
  await Promise.all(
    [first, second].map((server) => new Promise((r) => server.close(r))),
  );
});

/** The permission bits of the socket file of a server. */
async function modeOf(bed: Bed, options: net.ListenOptions): Promise<number> {
  const path = uniquePath();
  const server = bed.createServer();
  server.listen({ path, ...options });
  const mode = statSync(path).mode & 0o777;
  await event(server, "listening");
  return mode;
}

ipcTest(
  "Server.listen({ readableAll, writableAll }): the socket file has these permissions for everyone, and no other",
  async (bed) => {
    const plain = await modeOf(bed, {});
    assert.equal(plain & 0o700, 0o700);
    assert.equal(await modeOf(bed, { readableAll: true }), 0o444);
    assert.equal(await modeOf(bed, { writableAll: true }), 0o222);
    assert.equal(
      await modeOf(bed, { readableAll: true, writableAll: true }),
      0o666,
    );
    assert.equal(
      await modeOf(bed, { readableAll: false, writableAll: false }),
      plain,
    );
  },
  noFiles,
);

test("Server.listen(): an abstract name of Linux leaves no file", {
  skip: process.platform !== "linux" && "abstract names are Linux's",
  timeout: 30_000,
}, async () => {
  const name = `\0isonet-listen-${process.pid}`;
  const server = net.createServer((socket) => socket.end("abstract"));
  server.listen(name);
  await event(server, "listening");
  assert.equal(server.address(), name);
  assert.equal(existsSync(name.slice(1)), false);
  const client = net.connect({ path: name });
  const [chunk] = await event(client, "data");
  assert.equal(String(chunk), "abstract");
  await event(client, "close");
  await new Promise((resolve) => server.close(resolve));
});

tcpTest(
  "Server.listen(): leaves the options it was given as they were",
  async (bed) => {
    const options = { port: 0, host: "127.0.0.1", backlog: 5 };
    const server = bed.createServer();
    server.listen(options);
    await event(server, "listening");
    assert.deepEqual(options, { port: 0, host: "127.0.0.1", backlog: 5 });
  },
  noBacklog,
);

testOver(
  tcp6,
  "Server.listen(), net.connect(): a zone means nothing but on a link-local address",
  async (bed) => {
    for (const host of ["::1%lo", "::1%missing"]) {
      const server = bed.createServer();
      server.listen({ port: 0, host });
      await event(server, "listening");
      assert.equal((server.address() as net.AddressInfo).address, "::1");
      const client = bed.track(net.connect(portOf(server), host));
      await event(client, "connect");
      assert.equal(client.remoteAddress, "::1");
    }
  },
  noIPv6,
);
