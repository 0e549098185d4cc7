import assert from "node:assert/strict";
import { test } from "node:test";
import * as net from "../../../mod.ts";
import { closed, event, received, turn } from "../../helpers/net_helpers.ts";
import { hidesInside, takesAnyPathWrite } from "../../helpers/runtime.ts";
import {
  forEachTransport,
  skipLateWrites,
  skipPathOfNet,
  tcpTest,
} from "../../helpers/transports.ts";

/** Resolves when the callback of a write is called; rejects with its error. */
function written(
  socket: net.Socket,
  chunk: string | Uint8Array,
  encoding: BufferEncoding = "utf8",
): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(chunk, encoding, (error) => error ? reject(error) : resolve());
  });
}

forEachTransport(
  "Socket.write(): false at the high-water mark, then 'drain'",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server, { highWaterMark: 1000 });
    assert.equal(client.writableHighWaterMark, 1000);
    assert.equal(client.readableHighWaterMark, 1000);
    assert.equal(client.write("x".repeat(999)), true);
    assert.equal(client.writableNeedDrain, false);
    assert.equal(client.write("x"), false);
    assert.equal(client.writableNeedDrain, true);
    const drained = event(client, "drain");
    const [peer] = await accepted as [net.Socket];
    const got = received(peer);
    await drained;
    assert.equal(client.writableNeedDrain, false);
    assert.equal(client.writableLength, 0);
    client.end();
    assert.equal((await got).length, 1000);
  },
);

forEachTransport(
  "Socket.write(): createServer's highWaterMark is given to accepted sockets",
  async (bed) => {
    const { client, peer } = await bed.pair({ server: { highWaterMark: 512 } });
    assert.equal(peer.writableHighWaterMark, 512);
    assert.equal(peer.readableHighWaterMark, 512);
    assert.notEqual(client.writableHighWaterMark, 512);
    client.resume();
    peer.cork();
    assert.equal(peer.write(Buffer.alloc(511)), true);
    assert.equal(peer.write(Buffer.alloc(1)), false);
    const drained = event(peer, "drain");
    peer.uncork();
    await drained;
  },
);

forEachTransport(
  "Socket.write(): a reader that does not read stops the writer",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.pause();
    const chunk = Buffer.alloc(1 << 20);
    const total = 32;
    let done = 0;
    for (let i = 0; i < total; i++) client.write(chunk, () => done++);
    for (let i = 0; i < 20; i++) await turn();
    assert.ok(done < total, "everything went out with nobody reading");
    assert.ok(client.writableLength > 0);
    assert.ok(peer.bytesRead < 8 << 20, `read ${peer.bytesRead} while paused`);
    assert.equal(client.bytesWritten, total * chunk.length);
    let size = 0;
    peer.on("data", (data: Buffer) => size += data.length);
    peer.resume();
    client.end();
    await event(peer, "end");
    assert.equal(size, total * chunk.length);
    assert.equal(done, total);
  },
  ({ ipc }) => ipc && takesAnyPathWrite,
);

forEachTransport(
  "Socket.write(): many small writes arrive once and in order",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const called: number[] = [];
    let expected = "";
    for (let i = 0; i < 2000; i++) {
      expected += `${i},`;
      client.write(`${i},`, () => called.push(i));
      if (i % 500 === 499) await turn();
    }
    client.end();
    assert.equal(String(await got), expected);
    assert.deepEqual(called, Array.from({ length: 2000 }, (_, i) => i));
  },
);

forEachTransport("Socket.write(): strings in every encoding", async (bed) => {
  const texts: [BufferEncoding, string][] = [
    ["utf8", "aé€😀\u0000z"],
    ["utf-8", "aé€😀"],
    ["latin1", "aéÿ€"],
    ["binary", "aéÿ"],
    ["ascii", "plain ascii"],
    ["ucs2", "aé€😀"],
    ["ucs-2", "aé€😀"],
    ["utf16le", "aé€😀"],
    ["utf-16le", "aé€😀"],
    ["base64", "aGVsbG8gd29ybGQ="],
    ["base64url", "_-8gd29ybGQ"],
    ["hex", "00ff10abCD"],
    ["UTF8" as BufferEncoding, "aé€"],
    ["HEX" as BufferEncoding, "beef"],
  ];
  const expected = Buffer.concat(
    texts.map(([encoding, text]) => Buffer.from(text, encoding)),
  );
  const { client, peer } = await bed.pair();
  const got = received(peer);
  for (const [encoding, text] of texts) await written(client, text, encoding);
  client.end();
  assert.deepEqual(await got, expected);
  assert.equal(client.bytesWritten, expected.length);

  const corked = await bed.pair();
  const all = received(corked.peer);
  corked.client.cork();
  for (const [encoding, text] of texts) corked.client.write(text, encoding);
  assert.equal(corked.client.bytesWritten, expected.length);
  corked.client.uncork();
  corked.client.end();
  assert.deepEqual(await all, expected);
});

forEachTransport(
  "Socket.setDefaultEncoding(): is the encoding of later strings",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    assert.equal(client.setDefaultEncoding("hex"), client);
    client.write("414243");
    client.end("44");
    assert.equal(String(await got), "ABCD");
  },
);

forEachTransport(
  "Socket.write(): long strings, beyond one send of the system",
  async (bed) => {
    for (const encoding of ["utf8", "latin1", "utf16le"] as const) {
      const { client, peer } = await bed.pair();
      const got = received(peer);
      const text = "aé".repeat(1 << 20);
      client.end(text, encoding);
      const expected = Buffer.from(text, encoding);
      assert.ok((await got).equals(expected), encoding);
      assert.equal(client.bytesWritten, expected.length);
    }
  },
);

forEachTransport(
  "Socket.write(): a Uint8Array, and a view into a larger buffer",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const whole = Uint8Array.from({ length: 256 }, (_, i) => i);
    client.write(whole);
    client.write(whole.subarray(10, 20));
    client.cork();
    client.write(whole.subarray(250));
    client.write(Buffer.from("end"));
    client.uncork();
    client.end();
    assert.deepEqual(
      [...await got],
      [
        ...whole,
        ...whole.subarray(10, 20),
        ...whole.subarray(250),
        ...Buffer.from("end"),
      ],
    );
  },
);

forEachTransport(
  "Socket.write(): zero-length writes send nothing and are called back in order",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const order: string[] = [];
    client.write("", () => order.push("empty string"));
    client.write("a", () => order.push("a"));
    client.write(new Uint8Array(0), () => order.push("empty bytes"));
    client.write("b", () => order.push("b"));
    client.cork();
    client.write("", () => order.push("corked"));
    client.write("c", () => order.push("c"));
    client.uncork();
    client.end("", () => order.push("end"));
    assert.equal(String(await got), "abc");
    await closed(client.resume());
    assert.deepEqual(order, [
      "empty string",
      "a",
      "empty bytes",
      "b",
      "corked",
      "c",
      "end",
    ]);
    assert.equal(client.bytesWritten, 3);
  },
);

forEachTransport(
  "Socket.write(): a lone zero-length write is called back",
  async (bed) => {
    const { client, peer } = await bed.pair();
    let chunks = 0;
    peer.on("data", () => chunks++);
    await written(client, "");
    await written(client, new Uint8Array(0));
    for (let i = 0; i < 3; i++) await turn();
    assert.equal(chunks, 0);
    assert.equal(client.bytesWritten, 0);
  },
);

forEachTransport(
  "Socket.write(): its callback comes later, once, without an error",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    const calls: unknown[][] = [];
    client.write("a", (...args: unknown[]) => calls.push(args));
    client.write("b", "utf8", (...args: unknown[]) => calls.push(args));
    assert.deepEqual(calls, []);
    await written(client, "c");
    assert.equal(calls.length, 2);
    assert.ok(calls.every((args) => args[0] == null));
  },
);

forEachTransport(
  "Socket.cork(): holds writes back until every uncork()",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    client.cork();
    client.cork();
    client.write("one ");
    client.write(Buffer.from("two "));
    client.uncork();
    client.write("three");
    assert.equal(client.writableCorked, 1);
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(peer.bytesRead, 0);
    assert.equal(client.bytesWritten, 13);
    client.uncork();
    client.end();
    assert.equal(String(await got), "one two three");
  },
);

forEachTransport("Socket.end(): lets go of what was corked", async (bed) => {
  const { client, peer } = await bed.pair();
  const got = received(peer);
  client.cork();
  client.write("a");
  client.end("b");
  assert.equal(String(await got), "ab");
});

forEachTransport(
  "Socket.write(): before the connection is made is kept and sent in order",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server);
    const order: string[] = [];
    client.write("first ", () => order.push("first"));
    client.write("second ", () => order.push("second"));
    client.on("connect", () => {
      order.push("connect");
      client.write("third ", () => order.push("third"));
      client.end("last");
    });
    const [peer] = await accepted as [net.Socket];
    assert.equal(String(await received(peer)), "first second third last");
    await event(client.resume(), "close");
    assert.deepEqual(order, ["first", "connect", "second", "third"]);
  },
  hidesInside
    ? "by Deno's public API, a write is done a turn later"
    : skipLateWrites,
);

forEachTransport(
  "Socket.bytesWritten: counts bytes, those that wait for the connection included",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.resume());
    const client = bed.connect(server);
    assert.equal(client.bytesWritten, 0);
    client.write("é");
    assert.equal(client.bytesWritten, 2);
    client.write("beef", "hex");
    client.write(new Uint8Array(3));
    assert.equal(client.bytesWritten, 7);
    client.write("");
    assert.equal(client.bytesWritten, 7);
    await event(client, "connect");
    assert.equal(client.bytesWritten, 7);
    client.write("€");
    assert.equal(client.bytesWritten, 10);
    client.end("!");
    client.resume();
    await event(client, "close");
    assert.equal(client.bytesWritten, 11);
  },
);

forEachTransport(
  "Socket.bytesWritten: counts a corked batch that waits for the connection",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.resume());
    const client = bed.connect(server);
    client.cork();
    client.write("é");
    client.write(Buffer.alloc(5));
    client.uncork();
    assert.equal(client.bytesWritten, 7);
    client.write("z");
    assert.equal(client.bytesWritten, 8);
    client.end();
    client.resume();
    await event(client, "close");
    assert.equal(client.bytesWritten, 8);
  },
);

forEachTransport(
  "Socket.bytesRead: counts what came in, and stays after the close",
  async (bed) => {
    const { client, peer } = await bed.pair();
    assert.equal(client.bytesRead, 0);
    peer.resume();
    peer.write("12345");
    await event(client, "data");
    assert.equal(client.bytesRead, 5);
    peer.end("678");
    client.resume();
    await Promise.all([event(client, "close"), event(peer, "close")]);
    assert.equal(client.bytesRead, 8);
    assert.equal(client.bytesWritten, 0);
    assert.equal(peer.bytesRead, 0);
    assert.equal(peer.bytesWritten, 8);
  },
);

test("Socket.bytesWritten and bytesRead: zero on a socket that never connected", () => {
  const socket = new net.Socket();
  assert.equal(socket.bytesWritten, 0);
  assert.equal(socket.bytesRead, 0);
  assert.equal(socket.bufferSize, undefined);
  socket.destroy();
});

forEachTransport(
  "Socket.bufferSize: what waits to be sent, undefined without a connection",
  async (bed) => {
    const { client, peer } = await bed.pair();
    assert.equal(client.bufferSize, 0);
    client.cork();
    client.write("abc");
    assert.equal(client.bufferSize, 3);
    client.uncork();
    peer.resume();
    client.destroy();
    assert.equal(client.bufferSize, undefined);
  },
);

tcpTest(
  "Socket.write(): throws for anything but a string or bytes, and does nothing more",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    for (const value of [undefined, 5, true, {}, [], () => {}, Symbol("x")]) {
      assert.throws(
        () => client.write(value as string),
        { name: "TypeError", code: "ERR_INVALID_ARG_TYPE" },
      );
    }
    assert.throws(() => client.write(null as unknown as string), {
      name: "TypeError",
      code: "ERR_STREAM_NULL_VALUES",
    });
    assert.throws(() => client.write("a", "nope" as BufferEncoding), {
      name: "TypeError",
      code: "ERR_UNKNOWN_ENCODING",
    });
    assert.throws(() => client.end(5 as unknown as string), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
    });
    client.end("fine");
    assert.equal(String(await got), "fine");
    client.resume();
    assert.equal(await closed(client), false);
  },
);

forEachTransport(
  "Socket.write(): the first of an accepted socket is taken at once",
  async (bed) => {
    const called: string[] = [];
    const server = await bed.listen({}, (peer) => {
      const greeting = Buffer.from("hello ");
      assert.equal(
        peer.write(greeting, () => {
          called.push("first");
          greeting.fill("x");
        }),
        true,
      );
      assert.equal(peer.writableLength, 0);
      peer.cork();
      peer.write("wide ");
      peer.write("world", () => called.push("second"));
      peer.uncork();
      assert.equal(peer.writableLength, 0);
      assert.equal(peer.bytesWritten, 16);
      assert.deepEqual(called, []);
      peer.end();
    });
    const text = (await received(bed.connect(server))).toString();
    assert.equal(text, "hello wide world");
    assert.deepEqual(called, ["first", "second"]);
  },
  (transport) => skipLateWrites(transport) || skipPathOfNet(transport),
);

forEachTransport(
  "Socket.write(): an accepted socket sends a lot first, in order",
  async (bed) => {
    const parts = Array.from(
      { length: 40 },
      (_, index) => Buffer.alloc(1 + index * 3001, index),
    );
    const server = await bed.listen({}, (peer) => {
      for (const part of parts) peer.write(part);
      peer.end("end");
    });
    const bytes = await received(bed.connect(server));
    assert.ok(bytes.equals(Buffer.concat([...parts, Buffer.from("end")])));
  },
);

forEachTransport(
  "Socket.destroy(): an accepted socket sends what it wrote just before",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.write("bye");
      peer.destroy();
    });
    for (let i = 0; i < 10; i++) {
      const text = (await received(bed.connect(server))).toString();
      assert.equal(text, "bye");
    }
  },
);
