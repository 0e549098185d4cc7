import assert from "node:assert/strict";
import { test } from "node:test";
import type * as net from "../../../mod.ts";
import { toText } from "../../../polyfills/socket/write_data.ts";
import { event, received, turn } from "../../helpers/net_helpers.ts";
import { forEachTransport } from "../../helpers/transports.ts";

type Writes = [text: string | Uint8Array, encoding: BufferEncoding][];

/** Writes that go out together, with the name of what is special. */
const batches: [name: string, writes: Writes][] = [
  ["one kind", [["a", "utf8"], ["é€😀", "utf8"], ["z", "utf-8"]]],
  ["latin1", [["aé", "latin1"], ["ÿ€", "binary"], ["z", "ascii"]]],
  ["ASCII of both kinds", [["head\r\n", "latin1"], ["body", "utf8"]]],
  ["latin1 beside UTF-8", [["é", "latin1"], ["é", "utf8"], ["é", "latin1"]]],
  ["UTF-8 beside ASCII", [["é", "utf8"], ["x", "latin1"]]],
  ["halves of a character", [["a\ud83d", "utf8"], ["\ude00z", "utf8"]]],
  ["halves and nothing between", [["\ud83d", "utf8"], ["", "utf8"], [
    "\ude00",
    "utf8",
  ]]],
  ["a half at the end", [["a", "utf8"], ["\ud83d", "utf8"]]],
  ["halves in latin1", [["\ud83d", "latin1"], ["\ude00", "latin1"]]],
  ["empty text", [["", "latin1"], ["é", "utf8"], ["", "latin1"]]],
  ["nothing but empty text", [["", "latin1"], ["", "utf8"]]],
  ["bytes among text", [["a", "utf8"], [Buffer.from("é"), "utf8"], [
    "b",
    "utf8",
  ]]],
  ["other encodings", [["a", "utf8"], ["beef", "hex"], ["é", "ucs2"]]],
  ["one text", [["é€", "latin1"]]],
];

function bytesOf(writes: Writes): Buffer {
  return Buffer.concat(
    writes.map(([data, encoding]) =>
      typeof data === "string" ? Buffer.from(data, encoding) : data
    ),
  );
}

test("toText(): has the bytes of its parts, or declines", () => {
  const declined: string[] = [];
  for (const [name, writes] of batches) {
    const text = toText(
      writes.map(([chunk, encoding]) => ({ chunk, encoding })),
    );
    if (text === undefined) declined.push(name);
    else {
      const bytes = Buffer.from(text.text, text.encoding);
      assert.deepEqual(bytes, bytesOf(writes), name);
    }
  }
  assert.deepEqual(declined, [
    "latin1 beside UTF-8",
    "halves of a character",
    "halves and nothing between",
    "nothing but empty text",
    "bytes among text",
    "other encodings",
  ]);
});

forEachTransport("Socket.cork(): text of several kinds", async (bed) => {
  for (const [name, writes] of batches) {
    const { client, peer } = await bed.pair();
    const got = received(peer);
    const called: number[] = [];
    client.cork();
    for (const [at, [data, encoding]] of writes.entries()) {
      client.write(data, encoding, () => called.push(at));
    }
    client.uncork();
    client.end();
    const bytes = bytesOf(writes);
    assert.deepEqual(await got, bytes, name);
    assert.equal(client.bytesWritten, bytes.length, name);
    assert.deepEqual(called, [...writes.keys()], name);
  }
});

/** Lines that differ, of about `size` characters in all. */
function lines(of: string, size: number): string {
  let text = "";
  for (let i = 0; text.length < size; i++) text += `${of} ${i} é€😀\n`;
  return text;
}

forEachTransport(
  "Socket.write(): text that waits for a slow reader stays what it was",
  async (bed) => {
    const server = await bed.listen();
    const pairs: { client: net.Socket; peer: net.Socket }[] = [];
    for (let i = 0; i < 3; i++) {
      const accepted = event(server, "connection");
      const client = bed.connect(server);
      const [peer] = await accepted as [net.Socket];
      peer.pause();
      pairs.push({ client, peer });
    }
    const expected = pairs.map(() => "");
    const areBlocked = () =>
      pairs.every(({ client }) => client.writableLength > 0);
    // Each blocks in the middle of a text, with others written after it.
    for (let round = 0, after = 0; after < 8 && round < 8000; round++) {
      for (const [at, { client }] of pairs.entries()) {
        const text = lines(`${at} ${round}`, 1 << (round % 16));
        expected[at] += text;
        client.write(text);
      }
      if (round % 8 === 0) await turn();
      if (areBlocked()) after++;
    }
    assert.ok(areBlocked());
    await Promise.all(pairs.map(async ({ client, peer }, at) => {
      const got = received(peer);
      peer.resume();
      client.end();
      assert.equal(String(await got), expected[at]);
    }));
  },
);
