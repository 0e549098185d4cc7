import assert from "node:assert/strict";
import process from "node:process";
import * as net from "../../mod.ts";
import {
  closed,
  errorOf,
  event,
  received,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { errno, fields } from "../helpers/system_errors.ts";
import { forEachTransport, tcpTest } from "../helpers/transports.ts";

forEachTransport(
  "onread: reads into the one buffer, and no 'data' comes",
  async (bed) => {
    const buffer = Buffer.alloc(64 * 1024);
    const chunks: string[] = [];
    const these = new Set<unknown>();
    const buffers = new Set<Uint8Array>();
    const { client, peer } = await bed.pair({
      client: {
        onread: {
          buffer,
          callback(this: unknown, size: number, buf: Uint8Array) {
            these.add(this);
            buffers.add(buf);
            chunks.push(Buffer.from(buf.subarray(0, size)).toString());
            return true;
          },
        },
      },
    });
    const log = record(client, ["data", "end", "finish", "close"]);
    client.on("data", () => {});
    peer.write("hello ");
    peer.end("world");
    assert.equal(await closed(client), false);
    assert.equal(chunks.join(""), "hello world");
    assert.deepEqual(log, ["end", "finish", "close"]);
    assert.deepEqual([...buffers], [buffer]);
    assert.deepEqual([...these], [client]);
    assert.equal(client.bytesRead, 11);
  },
);

forEachTransport(
  "onread: a plain Uint8Array, smaller than what comes, loses nothing",
  async (bed) => {
    const buffer = new Uint8Array(7);
    const sizes = new Set<number>();
    const chunks: Buffer[] = [];
    const { client, peer } = await bed.pair({
      client: {
        onread: {
          buffer,
          callback(size: number, buf: Uint8Array) {
            sizes.add(size);
            chunks.push(Buffer.from(buf.subarray(0, size)));
            return true;
          },
        },
      },
    });
    const data = Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 255));
    peer.end(data);
    await event(client, "end");
    assert.deepEqual(Buffer.concat(chunks), data);
    assert.ok(Math.max(...sizes) <= 7);
  },
);

forEachTransport(
  "onread: a function gives a buffer before each read",
  async (bed) => {
    const made: Uint8Array[] = [];
    const used: Uint8Array[] = [];
    const chunks: Buffer[] = [];
    const { client, peer } = await bed.pair({
      client: {
        onread: {
          buffer: () => {
            const buffer = Buffer.alloc(16);
            made.push(buffer);
            return buffer;
          },
          callback(size: number, buf: Uint8Array) {
            used.push(buf);
            chunks.push(Buffer.from(buf.subarray(0, size)));
            return true;
          },
        },
      },
    });
    const data = "0123456789".repeat(20);
    peer.end(data);
    await event(client, "end");
    assert.equal(Buffer.concat(chunks).toString(), data);
    assert.ok(used.length >= data.length / 16);
    assert.equal(new Set(used).size, used.length);
    assert.deepEqual(used, made.slice(0, used.length));
    assert.equal(made.length, used.length + 1);
  },
);

forEachTransport("onread: false pauses, resume() goes on", async (bed) => {
  const chunks: string[] = [];
  const { client, peer } = await bed.pair({
    client: {
      onread: {
        buffer: Buffer.alloc(4),
        callback(size: number, buf: Uint8Array) {
          chunks.push(Buffer.from(buf.subarray(0, size)).toString());
          return false;
        },
      },
    },
  });
  peer.end("aaaabbbbcccc");
  for (
    const expected of [["aaaa"], ["aaaa", "bbbb"], ["aaaa", "bbbb", "cccc"]]
  ) {
    while (chunks.length < expected.length) await turn();
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(chunks, expected);
    assert.equal(client.destroyed, false);
    client.resume();
  }
  assert.equal(await closed(client), false);
});

forEachTransport("onread: any value but false goes on", async (bed) => {
  const answers: unknown[] = [undefined, null, 0, "", true];
  let calls = 0;
  const { client, peer } = await bed.pair({
    client: {
      onread: {
        buffer: Buffer.alloc(1),
        callback: () => answers[calls++] as boolean,
      },
    },
  });
  peer.end("12345");
  await closed(client);
  assert.equal(calls, 5);
});

forEachTransport(
  "onread: pause() within the callback holds, resume() goes on",
  async (bed) => {
    const chunks: string[] = [];
    const { client, peer } = await bed.pair({
      client: {
        onread: {
          buffer: Buffer.alloc(4),
          callback(this: net.Socket, size: number, buf: Uint8Array) {
            chunks.push(Buffer.from(buf.subarray(0, size)).toString());
            client.pause();
            return true;
          },
        },
      },
    });
    peer.end("aaaabbbb");
    while (chunks.length < 1) await turn();
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(chunks, ["aaaa"]);
    client.resume();
    while (chunks.length < 2) await turn();
    assert.deepEqual(chunks, ["aaaa", "bbbb"]);
    client.resume();
    assert.equal(await closed(client), false);
  },
);

forEachTransport("onread: writing works as ever", async (bed) => {
  const { client, peer } = await bed.pair({
    client: {
      onread: { buffer: Buffer.alloc(1024), callback: () => true },
    },
  });
  const got = received(peer);
  client.write("question");
  client.end("?");
  assert.equal(String(await got), "question?");
  await closed(client);
});

forEachTransport(
  "onread: net.Socket takes it too, before connect()",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end("later"));
    let got = "";
    const client = bed.track(
      new net.Socket({
        onread: {
          buffer: Buffer.alloc(100),
          callback(size: number, buf: Uint8Array) {
            got += Buffer.from(buf.subarray(0, size)).toString();
            return true;
          },
        },
      }),
    );
    client.connect(bed.transport.connectOptions(server));
    await closed(client);
    assert.equal(got, "later");
  },
);

forEachTransport(
  "onread: destroy() in the callback ends the reading",
  async (bed) => {
    let calls = 0;
    const { client, peer } = await bed.pair({
      client: {
        onread: {
          buffer: Buffer.alloc(1),
          callback() {
            calls++;
            client.destroy();
            return true;
          },
        },
      },
    });
    peer.on("error", () => {});
    peer.write("many bytes");
    assert.equal(await closed(client), false);
    await turn();
    assert.equal(calls, 1);
  },
);

tcpTest(
  "onread: an incomplete one is ignored, and 'data' comes",
  async (bed) => {
    const callback = () => {
      throw new Error("not to be called");
    };
    const forms: unknown[] = [
      null,
      undefined,
      {},
      { buffer: Buffer.alloc(10) },
      { callback },
      { buffer: "text", callback },
      { buffer: new ArrayBuffer(8), callback },
      { buffer: Buffer.alloc(10), callback: "text" },
      callback,
    ];
    const server = await bed.listen({}, (peer) => peer.end("data"));
    for (const onread of forms) {
      const client = bed.connect(server, { onread });
      assert.equal(String(await received(client)), "data");
    }
  },
);

/** An `onread` whose callback adds what it gets to `chunks`. */
function collect(
  chunks: string[],
  then: () => unknown = () => {},
  buffer: net.OnReadOpts["buffer"] = Buffer.alloc(4),
): net.OnReadOpts {
  return {
    buffer,
    callback(size, bytes) {
      chunks.push(Buffer.from(bytes.subarray(0, size)).toString());
      then();
      return true;
    },
  };
}

forEachTransport(
  "onread: ticks and promise jobs run before the next bytes",
  async (bed) => {
    const log: string[] = [];
    const then = () => {
      process.nextTick(() => log.push("tick"));
      Promise.resolve().then(() => log.push("job"));
    };
    const { client, peer } = await bed.pair({
      client: { onread: collect(log, then) },
    });
    peer.end("aaaabbbbcccc");
    await closed(client);
    const [first, second, third] = ["aaaa", "bbbb", "cccc"].map((text) =>
      log.indexOf(text)
    ) as [number, number, number];
    for (const part of [log.slice(first, second), log.slice(second, third)]) {
      assert.ok(part.includes("tick"), log.join());
      assert.ok(part.includes("job"), log.join());
    }
  },
);

forEachTransport(
  "onread: pause() in a tick holds the next bytes, destroy() drops them",
  async (bed) => {
    const chunks: string[] = [];
    const then = () =>
      process.nextTick(() => {
        if (chunks.length === 1) client.pause();
        else client.destroy();
      });
    const { client, peer } = await bed.pair({
      client: { onread: collect(chunks, then) },
    });
    peer.on("error", () => {});
    peer.end("aaaabbbbcccc");
    while (chunks.length < 1) await turn();
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(chunks, ["aaaa"]);
    assert.equal(client.bytesRead, 4);
    client.resume();
    await closed(client);
    assert.deepEqual(chunks, ["aaaa", "bbbb"]);
    assert.equal(client.bytesRead, 8);
  },
);

forEachTransport(
  "onread: pause() and resume() in a tick change nothing",
  async (bed) => {
    const chunks: string[] = [];
    const then = () => process.nextTick(() => client.pause().resume());
    const { client, peer } = await bed.pair({
      client: { onread: collect(chunks, then) },
    });
    peer.end("aaaabbbbcccc");
    await closed(client);
    assert.deepEqual(chunks, ["aaaa", "bbbb", "cccc"]);
  },
);

forEachTransport("onread: memory without room is ENOBUFS", async (bed) => {
  const server = await bed.listen({}, (peer) => {
    peer.on("error", () => {}).end("data");
  });
  const noCalls: string[] = [];
  const none = bed.connect(server, {
    onread: collect(noCalls, undefined, Buffer.alloc(0)),
  });
  const error = await errorOf(none);
  assert.deepEqual(fields(error), {
    name: "Error",
    code: "ENOBUFS",
    errno: errno("ENOBUFS"),
    syscall: "read",
    message: "read ENOBUFS",
  });
  assert.equal(await closed(none), true);
  assert.deepEqual(noCalls, []);

  const sizes = [2, 0];
  const chunks: string[] = [];
  const shrinking = bed.connect(server, {
    onread: collect(chunks, undefined, () => Buffer.alloc(sizes.shift() ?? 0)),
  });
  assert.equal((await errorOf(shrinking)).code, "ENOBUFS");
  assert.deepEqual(chunks, ["da"]);
  assert.equal(shrinking.bytesRead, 2);
});

forEachTransport(
  "onread: without room, the peer's FIN is ENOBUFS, too",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.on("error", () => {}).end();
    });
    const client = bed.connect(server, {
      onread: collect([], undefined, Buffer.alloc(0)),
    });
    assert.equal((await errorOf(client)).code, "ENOBUFS");
  },
);

forEachTransport(
  "onread: a function that never gives memory has the callback called with true",
  async (bed) => {
    let asked = 0;
    const calls: unknown[][] = [];
    const { client, peer } = await bed.pair({
      client: {
        onread: {
          buffer: () => asked++,
          callback: (...args: unknown[]) => void calls.push(args),
        },
      },
    });
    assert.equal(asked, 1);
    peer.end("data");
    await closed(client);
    assert.deepEqual(calls, [[4, true]]);
    assert.equal(asked, 2);
    assert.equal(client.bytesRead, 4);
  },
);
