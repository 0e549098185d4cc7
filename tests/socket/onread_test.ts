import assert from "node:assert/strict";
import * as net from "../../mod.ts";
import {
  closed,
  event,
  received,
  record,
  turn,
} from "../helpers/net_helpers.ts";
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
