import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { closed, event, received, turn } from "../helpers/net_helpers.ts";
import { hidesInside } from "../helpers/runtime.ts";
import {
  forEachTransport,
  skipHalfClose,
  tcpTest,
} from "../helpers/transports.ts";

forEachTransport(
  "Socket: data that comes before a listener is there is kept",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.end("early");
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(client.readableFlowing, null);
    assert.equal(String(await received(client)), "early");
  },
);

// A stream says nothing further if more than its high-water mark is left after
// one chunk is read. So no second chunk may come before 'readable', nor a small
// one before a large one while nobody listens yet.
for (const late of [false, true]) {
  forEachTransport(
    `Socket.read(): once for each 'readable' gets all that comes${
      late ? ", and came before" : ""
    }`,
    async (bed) => {
      const { client, peer } = await bed.pair();
      const total = 4 << 20;
      let size = 0;
      const listen = () =>
        client.on("readable", () => size += client.read()?.length ?? 0);
      if (late) setTimeout(listen, 50);
      else listen();
      peer.end(Buffer.alloc(total));
      await event(client, "end");
      assert.equal(size, total);
    },
    late && hidesInside &&
      "Deno's public API does not tell at once what has arrived",
  );
}

forEachTransport("Socket.pause(): no 'data' until resume()", async (bed) => {
  const { client, peer } = await bed.pair();
  const chunks: string[] = [];
  client.setEncoding("utf8");
  client.on("data", (chunk: string) => chunks.push(chunk));
  assert.equal(client.pause(), client);
  assert.equal(client.isPaused(), true);
  peer.write("one");
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(chunks, []);
  assert.equal(client.resume(), client);
  assert.equal(client.isPaused(), false);
  await event(client, "data");
  client.pause();
  peer.write("two");
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual(chunks, ["one"]);
  client.resume();
  await event(client, "data");
  assert.deepEqual(chunks, ["one", "two"]);
});

forEachTransport(
  "Socket.pause(): from within 'data' holds the rest",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const total = 4 << 20;
    let size = 0;
    let paused = 0;
    client.on("data", (chunk: Buffer) => {
      assert.equal(client.isPaused(), false, "data while paused");
      size += chunk.length;
      paused++;
      client.pause();
      setImmediate(() => client.resume());
    });
    peer.end(Buffer.alloc(total));
    await event(client, "end");
    assert.equal(size, total);
    assert.ok(paused > 1);
  },
);

forEachTransport(
  "Socket.pause(): before the connection is made holds from the start",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.end("hello"));
    const client = bed.connect(server);
    let data = 0;
    client.on("data", () => data++);
    client.pause();
    await event(client, "connect");
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(data, 0);
    client.resume();
    await event(client, "end");
    assert.equal(data, 1);
  },
);

forEachTransport(
  "Socket: what nobody reads fills up to the high-water mark and no further",
  async (bed) => {
    const { client, peer } = await bed.pair({
      client: { highWaterMark: 1024 },
    });
    assert.equal(client.readableHighWaterMark, 1024);
    peer.write(Buffer.alloc(8 << 20));
    client.on("readable", () => {});
    await event(client, "readable");
    for (let i = 0; i < 10; i++) await turn();
    assert.ok(client.readableLength >= 1024);
    assert.ok(client.readableLength <= 1 << 20, `${client.readableLength}`);
    assert.ok(client.bytesRead <= 1 << 20, `${client.bytesRead}`);
  },
);

forEachTransport("Socket: each chunk is a Buffer of its own", async (bed) => {
  const { client, peer } = await bed.pair();
  const chunks: Buffer[] = [];
  client.on("data", (chunk: Buffer) => {
    assert.ok(Buffer.isBuffer(chunk));
    chunks.push(chunk);
  });
  const expected: string[] = [];
  for (let i = 0; i < 20; i++) {
    const text = String(i).repeat(100);
    expected.push(text);
    peer.write(text);
    await event(client, "data");
  }
  assert.equal(Buffer.concat(chunks).toString(), expected.join(""));
});

forEachTransport(
  "Socket.setEncoding(): joins characters that arrive in pieces",
  async (bed) => {
    const { client, peer } = await bed.pair();
    assert.equal(client.setEncoding("utf8"), client);
    assert.equal(client.readableEncoding, "utf8");
    const text = "aé€😀z";
    let got = "";
    client.on("data", (chunk: string) => {
      assert.equal(typeof chunk, "string");
      assert.ok(!chunk.includes("\ufffd"), "a character was cut");
      got += chunk;
    });
    let bytes = 0;
    for (const byte of Buffer.from(text)) {
      peer.write(Uint8Array.of(byte));
      bytes++;
      while (client.bytesRead < bytes) await turn();
    }
    peer.end();
    await event(client, "end");
    assert.equal(got, text);
    assert.equal(client.bytesRead, Buffer.byteLength(text));
  },
);

forEachTransport(
  "Socket.setEncoding(): every encoding of a Buffer, over odd pieces",
  async (bed) => {
    const bytes = Buffer.from("aé€😀 1234567", "utf16le");
    for (
      const encoding of [
        "utf16le",
        "hex",
        "base64",
        "base64url",
        "latin1",
        "ascii",
      ] as const
    ) {
      const { client, peer } = await bed.pair();
      client.setEncoding(encoding);
      let got = "";
      client.on("data", (chunk: string) => got += chunk);
      for (let i = 0; i < bytes.length; i += 5) {
        peer.write(bytes.subarray(i, i + 5));
        await turn();
      }
      peer.end();
      await event(client, "end");
      assert.equal(got, bytes.toString(encoding), encoding);
    }
  },
);

forEachTransport(
  "Socket.setEncoding(): a character cut by the FIN becomes U+FFFD",
  async (bed) => {
    const { client, peer } = await bed.pair();
    client.setEncoding("utf8");
    let got = "";
    client.on("data", (chunk: string) => got += chunk);
    peer.end(Buffer.from("a€").subarray(0, 3));
    await event(client, "end");
    assert.equal(got, "a\ufffd");
  },
);

tcpTest("Socket.setEncoding(): refuses an unknown encoding", async (bed) => {
  const { client } = await bed.pair();
  assert.throws(() => client.setEncoding("nope" as BufferEncoding), {
    name: "TypeError",
    code: "ERR_UNKNOWN_ENCODING",
  });
});

forEachTransport(
  "Socket.read(): gives the bytes asked for, null when there are fewer",
  async (bed) => {
    const { client, peer } = await bed.pair();
    assert.equal(client.read(), null);
    peer.write("abcdef");
    await event(client, "readable");
    assert.equal(client.read(4)?.toString(), "abcd");
    assert.equal(client.read(4), null);
    const more = event(client, "readable");
    peer.write("gh");
    await more;
    while (client.readableLength < 4) await turn();
    assert.equal(client.read(4)?.toString(), "efgh");
    client.unshift("again");
    assert.equal(client.read()?.toString(), "again");
  },
);

forEachTransport(
  "Socket: 'readable' and read() give everything, then 'end'",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const size = 3 << 20;
    let got = 0;
    client.on("readable", () => {
      for (let chunk; (chunk = client.read()) !== null;) got += chunk.length;
    });
    peer.end(Buffer.alloc(size));
    await event(client, "end");
    assert.equal(got, size);
  },
);

forEachTransport(
  "Socket[Symbol.asyncIterator](): gives every chunk and ends with the stream",
  async (bed) => {
    const { client, peer } = await bed.pair();
    for (let i = 0; i < 100; i++) peer.write(`${i};`);
    peer.end(Buffer.alloc(2 << 20));
    const chunks: Buffer[] = [];
    for await (const chunk of client) chunks.push(chunk);
    const all = Buffer.concat(chunks);
    const head = Array.from({ length: 100 }, (_, i) => `${i};`).join("");
    assert.equal(all.length, head.length + (2 << 20));
    assert.equal(all.subarray(0, head.length).toString(), head);
    assert.equal(client.destroyed, true);
  },
);

forEachTransport(
  "Socket[Symbol.asyncIterator](): leaving the loop destroys the socket",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    peer.write("one");
    for await (const chunk of client) {
      assert.equal(String(chunk), "one");
      break;
    }
    assert.equal(client.destroyed, true);
    assert.equal(client.errored?.name, "AbortError");
    assert.equal(await closed(client), true);
    await closed(peer);
  },
);

forEachTransport(
  "Socket[Symbol.asyncIterator](): throws what destroyed the socket",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.write("one");
    await assert.rejects(async () => {
      for await (const _ of client) client.destroy(new Error("mid-way"));
    }, { message: "mid-way" });
  },
);

forEachTransport(
  "Socket.pipe(): an echo server by piping a socket into itself",
  async (bed) => {
    const server = await bed.listen({}, (peer) => peer.pipe(peer));
    const client = bed.connect(server);
    const data = Buffer.alloc(2 << 20, "echo?");
    client.end(data);
    assert.ok((await received(client)).equals(data));
    assert.equal(await closed(client), false);
  },
  skipHalfClose,
);

forEachTransport(
  "Socket.pipe(): between two connections, and unpipe() stops it",
  async (bed) => {
    const first = await bed.pair();
    const second = await bed.pair();
    first.peer.pipe(second.client);
    const got: string[] = [];
    second.peer.on("data", (chunk: Buffer) => got.push(String(chunk)));
    first.client.write("through");
    await event(second.peer, "data");
    first.peer.unpipe(second.client);
    first.client.write("not through");
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(got, ["through"]);
    assert.equal(second.client.writable, true);
  },
);

forEachTransport("Socket.pipe(): respects a slow destination", async (bed) => {
  const { client, peer } = await bed.pair();
  const slow = new PassThrough({ highWaterMark: 1024 });
  client.pipe(slow);
  const size = 16 << 20;
  peer.end(Buffer.alloc(size));
  for (let i = 0; i < 10; i++) await turn();
  assert.ok(client.bytesRead < size, "all was read though nobody took it");
  let got = 0;
  slow.on("data", (chunk: Buffer) => got += chunk.length);
  await event(slow, "end");
  assert.equal(got, size);
});

tcpTest(
  "Socket 'data': what was written at once arrives in one piece",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const sizes = [5, 512, 513, 5120, 4608, 20_000, 1, 5120];
    const seen: number[] = [];
    client.on("data", (chunk: Buffer) => seen.push(chunk.length));
    for (const [index, size] of sizes.entries()) {
      peer.write(Buffer.alloc(size, index));
      const before = sizes.slice(0, index + 1).reduce((a, b) => a + b);
      while (client.bytesRead < before) await turn();
    }
    assert.deepEqual(seen, sizes);
  },
  hidesInside && "Deno's public API does not show what else has arrived",
);

tcpTest(
  "Socket 'data': what was written at once arrives whole with the end",
  async (bed) => {
    for (const size of [512, 4608, 5120, 20_000]) {
      const { client, peer } = await bed.pair();
      const bytes = Buffer.alloc(size, size);
      const whole = received(client);
      peer.end(bytes);
      assert.deepEqual(await whole, bytes);
      await closed(client);
    }
  },
);

forEachTransport(
  "Socket.connect(): what was not read of the last connection is forgotten",
  async (bed) => {
    const greetings = ["old \u20ac", "new"].map((text) => Buffer.from(text));
    const server = await bed.listen({}, (peer) => {
      // The old one ends within a character.
      const greeting = greetings.shift()!;
      peer.write(greeting.length > 3 ? greeting.subarray(0, -1) : greeting);
    });
    const client = bed.connect(server).setEncoding("utf8");
    await event(client, "readable");
    assert.ok(client.readableLength > 0);
    client.destroy();
    await closed(client);
    client.connect(bed.transport.connectOptions(server));
    assert.equal(client.readableLength, 0);
    await event(client, "readable");
    assert.equal(client.read(), "new");
  },
);
