/**
 * Arguments: which of them throw, with which error, and that nothing is left
 * behind; which unusual ones are accepted; and `_normalizeArgs()`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { noDescriptors, openSockets } from "../helpers/descriptors.ts";
import { event, turn } from "../helpers/net_helpers.ts";
import { callsOf, type RefusedCalls } from "./refused/call.ts";
import { refusedConnectCalls } from "./refused/connect_calls.ts";
import { refusedServerCalls } from "./refused/server_calls.ts";
import { refusedSocketCalls } from "./refused/socket_calls.ts";
import { endsOfBadDescriptor } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { noSecondTransport, portOf, tcpTest } from "../helpers/transports.ts";

const tables = [refusedServerCalls, refusedConnectCalls, refusedSocketCalls];

/** What is refused for another reason where there is no second transport. */
const NEEDS_SECOND: ReadonlySet<string> = new Set(["Socket({ fd: 99999 })"]);

function checkCalls(table: readonly RefusedCalls[]): void {
  for (const { text, run, type, code, message } of callsOf(table)) {
    const skip = NEEDS_SECOND.has(text) &&
      (noSecondTransport || endsOfBadDescriptor);
    test(`${text}: throws ${code}`, { skip }, () => {
      assert.throws(run, (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.ok(error instanceof type, `${error.name} is no ${type.name}`);
        assert.equal(error.name, type.name);
        assert.equal(error.message, message);
        return true;
      });
    });
  }
}

for (const table of tables) checkCalls(table);

test("A refused call: its error has a code of its own and shows it when printed", () => {
  for (
    const [call, head] of [
      [() => net.connect(-1), "RangeError [ERR_SOCKET_BAD_PORT]: "],
      [() => net.connect({} as never), "TypeError [ERR_MISSING_ARGS]: "],
      [
        () => net.createServer(1 as never),
        "TypeError [ERR_INVALID_ARG_TYPE]: ",
      ],
    ] as const
  ) {
    assert.throws(call, (error: Error) => {
      assert.deepEqual(Object.keys(error), ["code"]);
      assert.equal(String(error), head + error.message);
      assert.ok(String(error.stack).startsWith(head + error.message));
      return true;
    });
  }
});

test(
  "A refused call leaves no descriptor behind",
  { skip: noDescriptors },
  async () => {
    await turn();
    const before = openSockets();
    for (const table of tables) {
      for (const { run } of callsOf(table)) assert.throws(run);
    }
    await turn();
    assert.ok(
      openSockets() <= before,
      `${openSockets()} sockets, not ${before}`,
    );
  },
);

test("A refused call leaves nothing that keeps the process alive", {
  skip: endsOfBadDescriptor,
}, async () => {
  const { code, stdout, stderr } = await runFixture("refused_calls");
  const calls = tables.flatMap((table) => [...callsOf(table)]);
  assert.deepEqual([stderr, stdout.trim(), code], ["", `${calls.length}`, 0]);
});

tcpTest("Server: listens after a call that was refused", async (bed) => {
  const server = bed.createServer();
  for (const options of [{ port: -1 }, {}, { port: 0, signal: 1 }]) {
    assert.throws(() => server.listen(options as never));
    assert.equal(server.listening, false);
    assert.equal(server.address(), null);
  }
  server.listen(0);
  await event(server, "listening");
});

tcpTest("Socket: connects after a call that was refused", async (bed) => {
  const server = await bed.listen();
  const socket = bed.track(new net.Socket());
  for (const options of [{ port: -1 }, {}, { port: 1, localAddress: "x" }]) {
    assert.throws(() => socket.connect(options as never));
  }
  socket.connect(portOf(server), "127.0.0.1");
  await event(socket, "connect");
});

tcpTest(
  "createServer(): takes no options, null, undefined, and a listener that is no function",
  async () => {
    for (
      const args of [[], [null], [undefined], [{}], [{}, "listener"], [null, 1]]
    ) {
      const server = Reflect.apply(net.createServer, undefined, args);
      assert.equal(server.listenerCount("connection"), 0);
      server.listen(0, "127.0.0.1");
      await event(server, "listening");
      await new Promise((resolve) => server.close(resolve));
    }
    for (const options of [null, undefined, {}]) {
      const server = net.createServer(options as never, () => {});
      assert.equal(server.listenerCount("connection"), 1);
    }
    assert.equal(net.createServer(() => {}).listenerCount("connection"), 1);
  },
);

tcpTest(
  "createServer(): keepAliveInitialDelay and highWaterMark below zero are the defaults",
  () => {
    const server = net.createServer({
      keepAliveInitialDelay: -1,
      highWaterMark: -1,
    }) as unknown as Record<string, unknown>;
    assert.equal(server.keepAliveInitialDelay, 0);
    assert.equal(server.highWaterMark, new net.Socket().readableHighWaterMark);
  },
);

tcpTest(
  "listen({ backlog }): what is no number is the default",
  async (bed) => {
    for (const backlog of ["x", null, undefined, 0, {}]) {
      const server = bed.createServer();
      server.listen({ port: 0, host: "127.0.0.1", backlog: backlog as never });
      await event(server, "listening");
      const accepted = event(server, "connection");
      bed.connect(server);
      await accepted;
    }
  },
);

tcpTest(
  "listen({ exclusive, ipv6Only, reusePort }): what is not true is false",
  async (bed) => {
    for (const value of ["x", null, 1, {}]) {
      const server = bed.createServer();
      server.listen(
        {
          port: 0,
          exclusive: value,
          ipv6Only: value,
          reusePort: value,
        } as never,
      );
      await event(server, "listening");
      const client = bed.track(net.connect(portOf(server), "127.0.0.1"));
      await event(client, "connect");
    }
  },
);

tcpTest(
  "connect(): null and undefined options are as if left out",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.connect(server, {
      localAddress: undefined,
      localPort: undefined,
      family: undefined,
      hints: undefined,
      lookup: undefined,
      autoSelectFamily: null,
      autoSelectFamilyAttemptTimeout: null,
      timeout: undefined,
      signal: undefined,
      blockList: undefined,
      onread: null,
      keepAliveInitialDelay: undefined,
    });
    await event(socket, "connect");
  },
);

/**
 * The options and the callback, without the symbol that marks normalized
 * arguments.
 */
function normalize(...args: unknown[]): unknown[] {
  const { _normalizeArgs } = net as unknown as {
    _normalizeArgs(args: unknown[]): unknown[];
  };
  return [..._normalizeArgs(args)];
}

test("_normalizeArgs(): options and callback of every call form", () => {
  const cb = () => {};
  const options = { port: 1, host: "name.test", extra: true };
  for (
    const [args, expected] of [
      [[], [{}, null]],
      [[cb], [{ port: cb }, cb]],
      [[null], [{ port: null }, null]],
      [[undefined, cb], [{ port: undefined }, cb]],
      [[1], [{ port: 1 }, null]],
      [[1, cb], [{ port: 1 }, cb]],
      [["1"], [{ port: "1" }, null]],
      [["0x1f"], [{ port: "0x1f" }, null]],
      [[""], [{ port: "" }, null]],
      [[-1], [{ port: -1 }, null]],
      [["-1"], [{ path: "-1" }, null]],
      [[NaN], [{ port: NaN }, null]],
      [[1, "name.test"], [{ port: 1, host: "name.test" }, null]],
      [[1, "name.test", cb], [{ port: 1, host: "name.test" }, cb]],
      [[1, "name.test", 511, cb], [{ port: 1, host: "name.test" }, cb]],
      [[1, undefined, cb], [{ port: 1 }, cb]],
      [[1, 511, cb], [{ port: 1 }, cb]],
      [[1, "name.test", cb, 1], [{ port: 1, host: "name.test" }, null]],
      [["/path"], [{ path: "/path" }, null]],
      [["/path", cb], [{ path: "/path" }, cb]],
      [["/path", 511, cb], [{ path: "/path" }, cb]],
      [["/path", "name.test"], [{ path: "/path" }, null]],
      [["name.test"], [{ path: "name.test" }, null]],
      [[options], [options, null]],
      [[options, cb], [options, cb]],
      [[options, 511, cb], [options, cb]],
      [[options, "no callback"], [options, null]],
      [[true], [{ port: true }, null]],
    ] as [unknown[], unknown[]][]
  ) {
    assert.deepEqual(normalize(...args), expected);
  }
  assert.equal(normalize(options)[0], options);
});

tcpTest(
  "_normalizeArgs(): what it returns is taken by Socket.connect()",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.track(new net.Socket());
    let calls = 0;
    const { _normalizeArgs } = net as unknown as {
      _normalizeArgs(args: unknown[]): never;
    };
    socket.connect(_normalizeArgs([
      { port: portOf(server), host: "127.0.0.1" },
      () => calls++,
    ]));
    await event(socket, "ready");
    assert.equal(calls, 1);
  },
);
