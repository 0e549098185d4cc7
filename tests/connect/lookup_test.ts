/**
 * Name resolution of `connect()`: the arguments of a custom `lookup`, the
 * answers it may give, and the `'lookup'` event.
 *
 * @module
 */
import assert from "node:assert/strict";
import dns from "node:dns";
import process from "node:process";
import * as net from "../../mod.ts";
import { type Bed, closed, event, turn } from "../helpers/net_helpers.ts";
import { fields, notFoundErrno } from "../helpers/system_errors.ts";
import { portOf, tcpTest } from "../helpers/transports.ts";

/**
 * A lookup with any kind of answer; which kind is right depends on
 * `options.all`.
 */
type Lookup = (
  hostname: string,
  options: Record<string, unknown>,
  // deno-lint-ignore no-explicit-any
  callback: (...args: any[]) => void,
) => void;

interface Outcome {
  /** What the lookup was called with. */
  readonly asked: [string, Record<string, unknown>][];
  /** The events, with their arguments. */
  readonly events: unknown[][];
  readonly socket: net.Socket;
}

const HOST = "name.test";

/** Connects through `lookup`, until `'connect'` or `'close'`. */
async function connect(
  bed: Bed,
  lookup: Lookup,
  options: object = {},
): Promise<Outcome> {
  const server = await bed.listen();
  const socket = bed.track(new net.Socket());
  const asked: Outcome["asked"] = [];
  const events: unknown[][] = [];
  for (
    const name of ["lookup", "connectionAttempt", "connect", "error", "close"]
  ) {
    socket.on(name, (...args: unknown[]) => events.push([name, ...args]));
  }
  const done = Promise.race([event(socket, "connect"), closed(socket)]);
  socket.connect({
    port: portOf(server),
    host: HOST,
    lookup: ((hostname: string, options: never, callback: never) => {
      asked.push([hostname, options]);
      return lookup(hostname, options, callback);
    }) as never,
    ...options,
  });
  await done;
  return { asked, events, socket };
}

const names = (events: unknown[][]) => events.map(([name]) => name);

/** The error that ended a lookup. */
function errorIn({ events }: Outcome): Error {
  assert.equal(names(events).includes("connect"), false);
  const error = events.find(([name]) => name === "error")![1];
  assert.deepEqual(events.at(-1), ["close", true]);
  return error as Error;
}

/** The default options of a lookup when no family is requested. */
const ALL = {
  family: undefined,
  hints: process.platform === "win32" ? 0 : dns.ADDRCONFIG,
  all: true,
};

const sync: Lookup = (_host, options, callback) => {
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};
const later: Lookup = (...args) => void setImmediate(() => sync(...args));

for (const [when, lookup] of [["at once", sync], ["later", later]] as const) {
  tcpTest(`connect({ lookup }): a list of addresses, ${when}`, async (bed) => {
    const { asked, events, socket } = await connect(bed, lookup);
    assert.deepEqual(asked, [[HOST, ALL]]);
    assert.deepEqual(events, [
      ["lookup", null, "127.0.0.1", 4, HOST],
      ["connectionAttempt", "127.0.0.1", socket.remotePort, 4],
      ["connect"],
    ]);
    assert.equal(socket.autoSelectFamilyAttemptedAddresses, undefined);
  });

  tcpTest(
    `connect({ lookup, family: 4 }): one address, ${when}`,
    async (bed) => {
      const { asked, events, socket } = await connect(bed, lookup, {
        family: 4,
      });
      assert.deepEqual(asked, [[HOST, { family: 4, hints: 0 }]]);
      assert.deepEqual(events, [
        ["lookup", null, "127.0.0.1", 4, HOST],
        ["connectionAttempt", "127.0.0.1", socket.remotePort, 4],
        ["connect"],
      ]);
    },
  );

  tcpTest(
    `connect({ lookup, autoSelectFamily: false }): one address, ${when}`,
    async (bed) => {
      const { asked, events } = await connect(bed, lookup, {
        autoSelectFamily: false,
      });
      assert.deepEqual(asked, [[HOST, {
        family: undefined,
        hints: ALL.hints,
      }]]);
      assert.deepEqual(names(events), [
        "lookup",
        "connectionAttempt",
        "connect",
      ]);
    },
  );
}

/** Options of `connect()`, and those that `lookup` receives for them. */
const wishes: [object, object][] = [
  [{ family: 4 }, { family: 4, hints: 0 }],
  [{ family: "IPv4" }, { family: 4, hints: 0 }],
  [{ family: 6 }, { family: 6, hints: 0 }],
  [{ family: "IPv6" }, { family: 6, hints: 0 }],
  [{ family: 0 }, { ...ALL, family: 0 }],
  [{ family: 7 }, { ...ALL, family: 7 }],
  [{ hints: dns.V4MAPPED }, { ...ALL, hints: dns.V4MAPPED }],
  [{ family: 4, hints: dns.ALL }, { family: 4, hints: dns.ALL }],
  [{ localAddress: "127.0.0.1" }, { family: undefined, hints: ALL.hints }],
  [{ family: 6, all: true }, { family: 6, hints: 0 }],
];

tcpTest(
  "connect({ family, hints, localAddress }): reach the lookup",
  async (bed) => {
    for (const [options, expected] of wishes) {
      const { asked } = await connect(bed, sync, options);
      assert.deepEqual(asked, [[HOST, expected]], JSON.stringify(options));
    }
  },
);

tcpTest(
  "connect({ lookup }): is not asked about an IP address, and may be anything then",
  async (bed) => {
    for (const lookup of [() => assert.fail("asked"), "no function", null]) {
      const { events } = await connect(bed, sync, {
        host: "127.0.0.1",
        lookup,
      });
      assert.deepEqual(names(events), ["connectionAttempt", "connect"]);
    }
  },
);

tcpTest(
  "connect({ lookup }): a 'lookup' for each address of a list, bad ones passed over, repeated ones tried once",
  async (bed) => {
    const list = [
      { address: "no address", family: 4 },
      { address: "127.0.0.1", family: 9 },
      { address: "127.0.0.1", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
    const { events, socket } = await connect(
      bed,
      (_host, _options, callback) => {
        callback(null, list);
      },
    );
    assert.deepEqual(events, [
      ...list.map((
        { address, family },
      ) => ["lookup", null, address, family, HOST]),
      ["connectionAttempt", "127.0.0.1", socket.remotePort, 4],
      ["connect"],
    ]);
  },
);

/** Answers that are not addresses: the arguments of the lookup's callback. */
const badAddresses: [string, object, unknown[], string][] = [
  ["a list with no address in it", {}, [null, [{
    address: "nowhere",
    family: 4,
  }]], "nowhere"],
  ["a list without an address", {}, [null, [{ family: 4 }]], "undefined"],
  [
    "one address where a list was asked for",
    {},
    [null, "127.0.0.1", 4],
    "undefined",
  ],
  ["no address", { family: 4 }, [null, "nowhere", 4], "nowhere"],
  ["nothing", { family: 4 }, [null], "undefined"],
  ["an empty text", { family: 4 }, [null, "", 4], ""],
  ["a number", { family: 4 }, [null, 127, 4], "127"],
];

for (const [name, options, answer, printed] of badAddresses) {
  tcpTest(
    `connect({ lookup }): ERR_INVALID_IP_ADDRESS for ${name}`,
    async (bed) => {
      for (const defer of [(call: () => void) => call(), setImmediate]) {
        const outcome = await connect(bed, (_host, _options, callback) => {
          defer(() => callback(...answer));
        }, options);
        const error = errorIn(outcome);
        assert.ok(error instanceof TypeError);
        assert.deepEqual(fields(error), {
          name: "TypeError",
          message: `Invalid IP address: ${printed}`,
          code: "ERR_INVALID_IP_ADDRESS",
        });
        assert.equal(
          names(outcome.events).includes("connectionAttempt"),
          false,
        );
      }
    },
  );
}

tcpTest(
  "connect({ lookup }): ERR_INVALID_IP_ADDRESS for a list where one address was asked for",
  async (bed) => {
    const outcome = await connect(bed, (_host, _options, callback) => {
      callback(null, [{ address: "127.0.0.1", family: 4 }]);
    }, { family: 4 });
    const error = errorIn(outcome) as NodeJS.ErrnoException;
    assert.ok(error instanceof TypeError);
    assert.equal(error.code, "ERR_INVALID_IP_ADDRESS");
  },
);

/**
 * Answers with an invalid family: options, arguments of the callback, and the
 * value in the message.
 */
const badFamilies: [object, unknown[], string][] = [
  [{ family: 4 }, [null, "127.0.0.1"], "undefined"],
  [{ family: 4 }, [null, "127.0.0.1", 100], "100"],
  [{ family: 4 }, [null, "127.0.0.1", "IPv4"], "IPv4"],
  [{}, [null, [{ address: "127.0.0.1", family: 100 }]], "100"],
  [{}, [null, [{ address: "127.0.0.1", family: "4" }]], "4"],
  [{}, [null, [{ address: "127.0.0.1" }]], "undefined"],
];

tcpTest(
  "connect({ lookup }): ERR_INVALID_ADDRESS_FAMILY for a family that is neither 4 nor 6",
  async (bed) => {
    for (const [options, answer, printed] of badFamilies) {
      const port = 4321;
      const outcome = await connect(bed, (_host, _options, callback) => {
        callback(...answer);
      }, { ...options, port });
      const error = errorIn(outcome);
      assert.ok(error instanceof RangeError);
      assert.deepEqual(fields(error), {
        name: "RangeError",
        message: `Invalid address family: ${printed} ${HOST}:${port}`,
        code: "ERR_INVALID_ADDRESS_FAMILY",
        host: HOST,
        port,
      });
    }
  },
);

tcpTest(
  "connect({ lookup }): its error is the socket's, as it is, after 'lookup'",
  async (bed) => {
    for (const options of [{}, { family: 4 }]) {
      for (const defer of [(call: () => void) => call(), setImmediate]) {
        const reason = new Error("no such name");
        const outcome = await connect(bed, (_host, _options, callback) => {
          defer(() => callback(reason));
        }, options);
        assert.deepEqual(outcome.events, [
          ["lookup", reason, undefined, undefined, HOST],
          ["error", reason],
          ["close", true],
        ]);
        assert.equal(outcome.socket.destroyed, true);
        assert.equal(outcome.socket.connecting, false);
      }
    }
  },
);

tcpTest(
  "connect({ lookup }): what it throws comes out of connect()",
  async (bed) => {
    const reason = new Error("thrown");
    for (const options of [{}, { family: 4 as const }]) {
      const socket = bed.track(new net.Socket());
      assert.throws(
        () =>
          socket.connect({
            port: 1,
            host: HOST,
            lookup() {
              throw reason;
            },
            ...options,
          }),
        (error) => error === reason,
      );
    }
    await turn();
  },
);

tcpTest(
  "connect({ lookup }): destroyed meanwhile, the answer is of no use",
  async (bed) => {
    for (const options of [{}, { family: 4 }, { autoSelectFamily: false }]) {
      let answer = () => {};
      const socket = bed.track(new net.Socket());
      const events: string[] = [];
      for (const name of ["connectionAttempt", "connect", "error", "close"]) {
        socket.on(name, () => events.push(name));
      }
      socket.connect({
        port: 1,
        host: HOST,
        lookup: (...args) => {
          answer = () => sync(...args as unknown as Parameters<Lookup>);
        },
        ...options,
      });
      assert.equal(socket.connecting, true);
      socket.destroy();
      assert.equal(socket.connecting, false);
      await closed(socket);
      answer();
      await turn();
      assert.deepEqual(events, ["close"]);
    }
  },
);

tcpTest(
  "connect({ lookup }): destroyed inside 'lookup', there is no attempt",
  async (bed) => {
    for (const options of [{}, { family: 4 }]) {
      const socket = bed.track(new net.Socket());
      const events: string[] = [];
      for (const name of ["lookup", "connectionAttempt", "connect", "close"]) {
        socket.on(name, () => events.push(name));
      }
      socket.on("lookup", () => socket.destroy());
      socket.connect({
        port: 1,
        host: HOST,
        lookup: later as never,
        ...options,
      });
      await closed(socket);
      await turn();
      assert.deepEqual(events, ["lookup", "close"]);
    }
  },
);

tcpTest(
  "connect({ lookup }): data written meanwhile is sent after 'connect'",
  async (bed) => {
    const server = await bed.listen({}, (socket) => socket.pipe(socket));
    const client = bed.track(net.connect({
      port: portOf(server),
      host: HOST,
      lookup: later as never,
    }));
    assert.equal(client.readyState, "opening");
    client.write("early");
    const [chunk] = await event(client, "data");
    assert.equal(String(chunk), "early");
  },
);

tcpTest(
  "connect(): 'localhost' is resolved by default, and where the host is empty",
  async (bed) => {
    const server = bed.createServer();
    server.listen(0);
    await event(server, "listening");
    for (const host of ["localhost", undefined, ""]) {
      const socket = bed.track(new net.Socket());
      const lookup = event(socket, "lookup");
      socket.connect({ port: portOf(server), host });
      const [error, address, family, name] = await lookup;
      assert.equal(error, null);
      assert.ok(address === "127.0.0.1" || address === "::1");
      assert.equal(family, net.isIP(address));
      assert.equal(name, "localhost");
      await event(socket, "connect");
    }
  },
);

tcpTest(
  "connect({ family: 6 }): an address of the other family is never connected to",
  async (bed) => {
    const server = await bed.listen();
    const socket = bed.track(new net.Socket());
    const outcome = await connect(bed, (_host, _options, callback) => {
      callback(null, "127.0.0.1", 6);
    }, { port: portOf(server), family: 6 });
    const { code, syscall, address } = fields(errorIn(outcome));
    assert.deepEqual([code, syscall, address], [
      "EINVAL",
      "connect",
      "127.0.0.1",
    ]);
    socket.destroy();
  },
);

// Bun 1.4.5 (the last tested) gives a `DNSException` with a positive `errno`:
// https://github.com/oven-sh/bun/issues/31888 and
// https://github.com/oven-sh/bun/pull/30987.
tcpTest("connect(): ENOTFOUND of a name that cannot exist", async (bed) => {
  for (const options of [{}, { family: 4 }, { autoSelectFamily: false }]) {
    const socket = bed.track(new net.Socket());
    const events: unknown[][] = [];
    for (const name of ["lookup", "connectionAttempt", "connect", "error"]) {
      socket.on(name, (...args: unknown[]) => events.push([name, ...args]));
    }
    socket.connect({ port: 80, host: "nobody.invalid", ...options });
    assert.equal(await closed(socket), true);
    const error = events[0]![1] as Error;
    assert.deepEqual(fields(error), {
      name: "Error",
      message: "getaddrinfo ENOTFOUND nobody.invalid",
      code: "ENOTFOUND",
      errno: notFoundErrno,
      syscall: "getaddrinfo",
      hostname: "nobody.invalid",
    });
    assert.deepEqual(events, [
      ["lookup", error, undefined, undefined, "nobody.invalid"],
      ["error", error],
    ]);
  }
});
