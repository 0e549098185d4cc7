/**
 * Address-family selection: which of several addresses a socket tries, in what
 * order, what it emits for each attempt, and how it fails if all of them fail.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { attempt, HOST } from "./attempts.ts";
import { freePort } from "../helpers/connects.ts";
import { fullListener, noFullListener } from "./full_listener.ts";
import { closed, event } from "../helpers/net_helpers.ts";
import { errno, fields } from "../helpers/system_errors.ts";
import { noLoopbackNetwork, portOf, tcpTest } from "../helpers/transports.ts";

function refused(address: string, port: number): object {
  return {
    name: "Error",
    message: `connect ECONNREFUSED ${address}:${port}`,
    code: "ECONNREFUSED",
    errno: errno("ECONNREFUSED"),
    syscall: "connect",
    address,
    port,
  };
}

tcpTest(
  "connect({ autoSelectFamily }): the next address is tried where one refuses",
  async (bed) => {
    const port = portOf(await bed.listen());
    const { socket, events, done } = attempt(bed, port, ["::1", "127.0.0.1"]);
    await done;
    const error = events[1]!.at(-1) as Error;
    assert.deepEqual(fields(error), refused("::1", port));
    assert.deepEqual(events, [
      ["connectionAttempt", "::1", port, 6],
      ["connectionAttemptFailed", "::1", port, 6, error],
      ["connectionAttempt", "127.0.0.1", port, 4],
      ["connect"],
    ]);
    assert.deepEqual(socket.autoSelectFamilyAttemptedAddresses, [
      `::1:${port}`,
      `127.0.0.1:${port}`,
    ]);
    assert.equal(socket.remoteAddress, "127.0.0.1");
    assert.equal(socket.remoteFamily, "IPv4");
  },
);

tcpTest(
  "connect({ autoSelectFamily }): the connection carries data, also what was written before",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.pipe(peer));
    const { socket } = attempt(bed, portOf(server), ["::1", "127.0.0.1"]);
    socket.write("early, ");
    socket.on("connect", () => socket.end("late"));
    let text = "";
    for await (const chunk of socket) text += chunk;
    assert.equal(text, "early, late");
  },
);

tcpTest(
  "connect({ autoSelectFamily }): the first address is tried first, then the families take turns",
  async (bed) => {
    const port = await freePort(bed);
    for (
      const [given, tried] of [
        [["127.0.0.1", "127.0.0.3", "::1"], ["127.0.0.1", "::1", "127.0.0.3"]],
        [["::1", "::ffff:127.0.0.3", "127.0.0.1"], [
          "::1",
          "127.0.0.1",
          "::ffff:127.0.0.3",
        ]],
        [["::1", "::1", "127.0.0.1"], ["::1", "127.0.0.1"]],
      ] as const
    ) {
      const { socket, done } = attempt(bed, port, [...given]);
      await done;
      assert.deepEqual(
        socket.autoSelectFamilyAttemptedAddresses,
        tried.map((address) => `${address}:${port}`),
      );
    }
  },
  noLoopbackNetwork,
);

tcpTest(
  "connect({ autoSelectFamily }): no second attempt where the first connects",
  async (bed) => {
    const port = portOf(await bed.listen());
    const { socket, events, done } = attempt(bed, port, ["127.0.0.1", "::1"]);
    await done;
    assert.deepEqual(events, [
      ["connectionAttempt", "127.0.0.1", port, 4],
      ["connect"],
    ]);
    assert.deepEqual(socket.autoSelectFamilyAttemptedAddresses, [
      `127.0.0.1:${port}`,
    ]);
  },
);

tcpTest(
  "connect({ autoSelectFamily }): one address alone is no selection",
  async (bed) => {
    const port = await freePort(bed);
    const { socket, events, done } = attempt(bed, port, ["127.0.0.1"]);
    await done;
    const error = events[1]!.at(-1) as Error;
    assert.deepEqual(fields(error), refused("127.0.0.1", port));
    assert.deepEqual(events, [
      ["connectionAttempt", "127.0.0.1", port, 4],
      ["connectionAttemptFailed", "127.0.0.1", port, 4, error],
      ["error", error],
      ["close", true],
    ]);
    assert.equal(socket.autoSelectFamilyAttemptedAddresses, undefined);
  },
);

tcpTest(
  "connect({ autoSelectFamily }): an AggregateError with the code of the first, if all fail",
  async (bed) => {
    const port = await freePort(bed);
    const { events, done, socket } = attempt(bed, port, ["127.0.0.1", "::1"]);
    await done;
    const [first, second, third, fourth, fifth, ...rest] = events;
    assert.deepEqual(first, ["connectionAttempt", "127.0.0.1", port, 4]);
    assert.equal(second![0], "connectionAttemptFailed");
    assert.deepEqual(third, ["connectionAttempt", "::1", port, 6]);
    assert.equal(fourth![0], "connectionAttemptFailed");
    assert.deepEqual(rest, [["close", true]]);

    const error = fifth![1] as AggregateError & { code: string };
    assert.ok(error instanceof AggregateError);
    assert.equal(error.name, "AggregateError");
    assert.equal(error.message, "");
    assert.equal(error.code, "ECONNREFUSED");
    assert.deepEqual(Object.keys(error), ["code"]);
    assert.deepEqual(error.errors.map(fields), [
      refused("127.0.0.1", port),
      refused("::1", port),
    ]);
    assert.deepEqual(error.errors, [second!.at(-1), fourth!.at(-1)]);
    assert.equal(socket.destroyed, true);
  },
);

tcpTest(
  "connect({ autoSelectFamily: false }): one attempt at one address",
  async (bed) => {
    const port = await freePort(bed);
    const socket = bed.track(new net.Socket());
    const failed = event(socket, "error");
    socket.connect({
      port,
      host: HOST,
      autoSelectFamily: false,
      lookup: ((
        _host: string,
        _options: object,
        callback: (...args: unknown[]) => void,
      ) => callback(null, "::1", 6)) as never,
    });
    const [error] = await failed as [Error];
    assert.deepEqual(fields(error), refused("::1", port));
    assert.equal(socket.autoSelectFamilyAttemptedAddresses, undefined);
  },
);

tcpTest(
  "connect({ autoSelectFamily }): an attempt that takes too long is given up for the next",
  async (bed) => {
    const port = portOf(await bed.listen());
    const full = await fullListener("::1", port);
    try {
      for (const autoSelectFamilyAttemptTimeout of [1, 25]) {
        const { socket, events, done } = attempt(bed, port, [
          "::1",
          "127.0.0.1",
        ], {
          autoSelectFamilyAttemptTimeout,
        });
        await done;
        assert.deepEqual(events, [
          ["connectionAttempt", "::1", port, 6],
          ["connectionAttemptTimeout", "::1", port, 6],
          ["connectionAttempt", "127.0.0.1", port, 4],
          ["connect"],
        ]);
        assert.deepEqual(socket.autoSelectFamilyAttemptedAddresses, [
          `::1:${port}`,
          `127.0.0.1:${port}`,
        ]);
      }
    } finally {
      await full.close();
    }
  },
  noFullListener,
);

tcpTest(
  "connect({ autoSelectFamily }): an attempt given up counts as ETIMEDOUT in the AggregateError",
  async (bed) => {
    const port = await freePort(bed);
    const full = await fullListener("::1", port);
    try {
      const { events, done } = attempt(bed, port, ["::1", "127.0.0.1"], {
        autoSelectFamilyAttemptTimeout: 10,
      });
      await done;
      const [, error] = events.find(([name]) => name === "error") as [
        string,
        AggregateError & { code: string },
      ];
      assert.equal(error.code, "ETIMEDOUT");
      assert.deepEqual(error.errors.map(fields), [
        {
          name: "Error",
          message: `connect ETIMEDOUT ::1:${port}`,
          code: "ETIMEDOUT",
          errno: errno("ETIMEDOUT"),
          syscall: "connect",
          address: "::1",
          port,
        },
        refused("127.0.0.1", port),
      ]);
    } finally {
      await full.close();
    }
  },
  noFullListener,
);

tcpTest(
  "connect({ autoSelectFamily }): the last address has all the time it needs",
  async (bed) => {
    const port = await freePort(bed);
    const full = await fullListener("::1", port);
    try {
      const { socket, events } = attempt(bed, port, ["127.0.0.1", "::1"], {
        // A busy machine takes a while to refuse the first.
        autoSelectFamilyAttemptTimeout: 100,
      });
      await event(socket, "connectionAttemptFailed");
      // Many times the timeout of an attempt: long enough to see that it does
      // not apply.
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(socket.connecting, true);
      assert.deepEqual(events.map(([name]) => name), [
        "connectionAttempt",
        "connectionAttemptFailed",
        "connectionAttempt",
      ]);
    } finally {
      await full.close();
    }
  },
  noFullListener,
);

tcpTest(
  "setDefaultAutoSelectFamilyAttemptTimeout(): is the time of an attempt",
  async (bed) => {
    const before = net.getDefaultAutoSelectFamilyAttemptTimeout();
    const port = portOf(await bed.listen());
    const full = await fullListener("::1", port);
    net.setDefaultAutoSelectFamilyAttemptTimeout(10);
    try {
      const { socket, done } = attempt(bed, port, ["::1", "127.0.0.1"], {
        autoSelectFamilyAttemptTimeout: undefined,
      });
      const timedOut = event(socket, "connectionAttemptTimeout");
      await done;
      assert.deepEqual(await timedOut, ["::1", port, 6]);
    } finally {
      net.setDefaultAutoSelectFamilyAttemptTimeout(before);
      await full.close();
    }
  },
  noFullListener,
);

tcpTest(
  "Socket.destroy(): while an attempt is under way, ends it as ECANCELED",
  async (bed) => {
    const port = portOf(await bed.listen());
    const full = await fullListener("::1", port);
    try {
      const { socket, events } = attempt(bed, port, ["::1", "127.0.0.1"], {
        autoSelectFamilyAttemptTimeout: 10_000,
      });
      setImmediate(() => socket.destroy());
      assert.equal(await closed(socket), false);
      const error = events[1]!.at(-1) as Error;
      assert.deepEqual(events, [
        ["connectionAttempt", "::1", port, 6],
        ["connectionAttemptFailed", "::1", port, 6, error],
        ["close", false],
      ]);
      assert.deepEqual(fields(error), {
        name: "Error",
        message: `connect ECANCELED ::1:${port}`,
        code: "ECANCELED",
        errno: errno("ECANCELED"),
        syscall: "connect",
        address: "::1",
        port,
      });
    } finally {
      await full.close();
    }
  },
  noFullListener,
);

tcpTest(
  "Socket.destroy(): in 'connectionAttemptTimeout' there is no further attempt",
  async (bed) => {
    const port = portOf(await bed.listen());
    const full = await fullListener("::1", port);
    try {
      const { socket, events } = attempt(bed, port, ["::1", "127.0.0.1"], {
        autoSelectFamilyAttemptTimeout: 10,
      });
      socket.on("connectionAttemptTimeout", () => socket.destroy());
      assert.equal(await closed(socket), false);
      assert.deepEqual(events, [
        ["connectionAttempt", "::1", port, 6],
        ["connectionAttemptTimeout", "::1", port, 6],
        ["close", false],
      ]);
    } finally {
      await full.close();
    }
  },
  noFullListener,
);

tcpTest(
  "Socket.destroy(): in 'connectionAttemptFailed' there is no further attempt",
  async (bed) => {
    const port = portOf(await bed.listen());
    const { socket, events } = attempt(bed, port, ["::1", "127.0.0.1"]);
    socket.on("connectionAttemptFailed", () => socket.destroy());
    assert.equal(await closed(socket), false);
    assert.deepEqual(events.map(([name]) => name), [
      "connectionAttempt",
      "connectionAttemptFailed",
      "close",
    ]);
  },
);

tcpTest(
  "connect({ signal }): abort between attempts is an AbortError, and no further attempt",
  async (bed) => {
    const port = portOf(await bed.listen());
    const full = await fullListener("::1", port);
    const controller = new AbortController();
    try {
      const { socket, events } = attempt(bed, port, ["::1", "127.0.0.1"], {
        autoSelectFamilyAttemptTimeout: 10,
        signal: controller.signal,
      });
      socket.on("connectionAttemptTimeout", () => controller.abort());
      assert.equal(await closed(socket), true);
      assert.deepEqual(events.map(([name]) => name), [
        "connectionAttempt",
        "connectionAttemptTimeout",
        "error",
        "close",
      ]);
      assert.equal((events[2]![1] as Error).name, "AbortError");
      assert.equal((events[2]![1] as { code: string }).code, "ABORT_ERR");
    } finally {
      await full.close();
    }
  },
  noFullListener,
);

test("setDefaultAutoSelectFamily(): what getDefaultAutoSelectFamily() returns; true at first", () => {
  assert.equal(net.getDefaultAutoSelectFamily(), true);
  try {
    assert.equal(net.setDefaultAutoSelectFamily(false), undefined);
    assert.equal(net.getDefaultAutoSelectFamily(), false);
  } finally {
    net.setDefaultAutoSelectFamily(true);
  }
  assert.equal(net.getDefaultAutoSelectFamily(), true);
});

tcpTest(
  "setDefaultAutoSelectFamily(false): a lookup is asked for one address",
  async (bed) => {
    const asked: (boolean | undefined)[] = [];
    const port = await freePort(bed);
    const connect = async (options: object) => {
      const socket = bed.track(net.connect({
        port,
        host: HOST,
        lookup: (_host, options, callback) => {
          asked.push(options.all);
          callback(new Error("no such name"), []);
        },
        ...options,
      }));
      await event(socket, "error");
    };
    try {
      net.setDefaultAutoSelectFamily(false);
      await connect({});
      await connect({ autoSelectFamily: true });
      net.setDefaultAutoSelectFamily(true);
      await connect({});
      await connect({ autoSelectFamily: false });
      await connect({ autoSelectFamily: null });
    } finally {
      net.setDefaultAutoSelectFamily(true);
    }
    assert.deepEqual(asked, [undefined, true, true, undefined, true]);
  },
);

test("setDefaultAutoSelectFamilyAttemptTimeout(): what the getter returns, 10 ms at least", () => {
  const before = net.getDefaultAutoSelectFamilyAttemptTimeout();
  try {
    for (
      const [set, get] of [[1, 10], [9, 10], [10, 10], [11, 11], [
        2147483647,
        2147483647,
      ]]
    ) {
      assert.equal(
        net.setDefaultAutoSelectFamilyAttemptTimeout(set!),
        undefined,
      );
      assert.equal(net.getDefaultAutoSelectFamilyAttemptTimeout(), get);
    }
  } finally {
    net.setDefaultAutoSelectFamilyAttemptTimeout(before);
  }
  assert.equal(net.getDefaultAutoSelectFamilyAttemptTimeout(), before);
});
