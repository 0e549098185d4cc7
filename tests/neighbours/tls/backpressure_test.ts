/**
 * Backpressure through TLS over sockets of ours: whoever does not read holds
 * the writer back, and gets every byte later.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import process from "node:process";
import type * as tls from "node:tls";
import * as net from "../../../mod.ts";
import { type Bed, event, turn } from "../../helpers/net_helpers.ts";
import { servesNoSockets } from "../../helpers/runtime.ts";
import { unless } from "../../helpers/unless.ts";
import { secureClient, securePeer } from "../secure.ts";
import { readsAhead } from "../tls_facts.ts";

const { forEachTransport } = unless(servesNoSockets);

const CHUNK = 64 << 10;
/** More than the system's buffers of two connections hold. */
const LIMIT = 24 << 20;
/** How much memory may grow meanwhile: some copies of that. */
const MEMORY = 4 * LIMIT;
/** Turns without progress, after which nothing more is expected. */
const PATIENCE = 40;

/** Whether the client's socket is connected when TLS is laid over it. */
type State = "connected" | "later";

/** Both ends of TLS, with or without a relay of plain bytes between them. */
interface Line {
  readonly client: tls.TLSSocket;
  readonly peer: tls.TLSSocket;
  readonly rawClient: net.Socket;
  readonly rawPeer: net.Socket;
  /** The sockets of the relay: the client's connection, and that to the peer. */
  readonly relay: readonly [net.Socket, net.Socket] | undefined;
}

async function openLine(
  bed: Bed,
  state: State,
  isRelayed: boolean,
): Promise<Line> {
  const target = await bed.listen();
  const accepted = event(target, "connection");
  let relay: [net.Socket, net.Socket] | undefined;
  const front = isRelayed
    ? await bed.listen({}, (from) => {
      relay = [from, bed.connect(target)];
      from.pipe(relay[1]).pipe(from);
    })
    : target;
  const rawClient = bed.track(new net.Socket());
  const isLate = state === "later";
  const early = isLate ? secureClient(rawClient) : undefined;
  rawClient.connect(bed.transport.connectOptions(front));
  if (!isLate) await event(rawClient, "connect");
  const [rawPeer] = await accepted as [net.Socket];
  const peer = securePeer(rawPeer);
  const client = early ?? secureClient(rawClient);
  await Promise.all([event(client, "secureConnect"), event(peer, "secure")]);
  // What follows the handshake must be through before the relay stalls.
  for (let i = 0; i < 20; i++) await turn();
  return { client, peer, rawClient, rawPeer, relay };
}

/** What {@linkcode fill} has written. */
interface Written {
  readonly size: number;
  readonly hash: string;
  /** Resolves when every callback of a write was called without an error. */
  readonly done: Promise<void>;
}

/** Writes as long as the stream asks for more, and until it is stuck. */
async function fill(writer: tls.TLSSocket): Promise<Written> {
  const hash = createHash("sha256");
  const writes: Promise<void>[] = [];
  let size = 0;
  let stuck = 0;
  while (stuck < PATIENCE) {
    if (writer.writableNeedDrain) {
      stuck++;
    } else {
      stuck = 0;
      const chunk = Buffer.alloc(CHUNK, `chunk ${writes.length}, `);
      hash.update(chunk);
      size += CHUNK;
      assert.ok(size <= LIMIT, "nothing holds the writer back");
      writes.push(
        new Promise((resolve, reject) => {
          writer.write(chunk, (error) => error ? reject(error) : resolve());
        }),
      );
    }
    await turn();
  }
  const done = Promise.all(writes).then(() => {});
  return { size, hash: hash.digest("hex"), done };
}

/** Reads on and on. */
class Reading {
  readonly #hash = createHash("sha256");
  readonly #reader: tls.TLSSocket;
  size = 0;

  constructor(reader: tls.TLSSocket) {
    this.#reader = reader;
    reader.on("data", (chunk: Buffer) => {
      this.#hash.update(chunk);
      this.size += chunk.length;
    });
  }

  /** The hash of what was read, once it is this much. */
  async until(size: number): Promise<string> {
    while (this.size < size) await event(this.#reader, "data");
    return this.#hash.digest("hex");
  }
}

/** At most what the stream asks for, and the chunk that has filled it. */
function assertBounded(socket: net.Socket | tls.TLSSocket): void {
  const { readableLength, writableLength } = socket;
  const readable = socket.readableHighWaterMark + 2 * CHUNK;
  const writable = socket.writableHighWaterMark + 2 * CHUNK;
  assert.ok(readableLength <= readable, `${readableLength} bytes to read`);
  assert.ok(writableLength <= writable, `${writableLength} bytes to write`);
}

for (const state of ["connected", "later"] as const) {
  for (const from of ["client", "peer"] as const) {
    const what = `${from} of a socket that ${
      state === "later" ? "connects later" : "is connected"
    }`;

    forEachTransport(
      `tls.TLSSocket: an end that does not read holds back the ${what}`,
      async (bed) => {
        const line = await openLine(bed, state, false);
        const [writer, reader] = from === "client"
          ? [line.client, line.peer]
          : [line.peer, line.client];
        const before = process.memoryUsage().rss;
        const { size, hash, done } = await fill(writer);
        assert.ok(process.memoryUsage().rss - before <= MEMORY);
        for (const socket of [writer, reader]) assertBounded(socket);
        for (const raw of [line.rawClient, line.rawPeer]) assertBounded(raw);
        const drained = event(writer, "drain");
        assert.equal(await new Reading(reader).until(size), hash);
        await Promise.all([drained, done]);
        assert.equal(writer.writableLength, 0);
      },
      readsAhead,
    );

    forEachTransport(
      `tls.TLSSocket: a relay that stalls holds back the ${what}`,
      async (bed) => {
        const line = await openLine(bed, state, true);
        const { client, peer, rawClient, rawPeer } = line;
        const [near, far] = line.relay!;
        const [writer, reader, source, sink] = from === "client"
          ? [client, peer, near, far]
          : [peer, client, far, near];
        source.unpipe(sink).pause();
        const reading = new Reading(reader);
        const before = process.memoryUsage().rss;
        const { size, hash, done } = await fill(writer);
        assert.ok(process.memoryUsage().rss - before <= MEMORY);
        for (const socket of [writer, rawClient, rawPeer, source]) {
          assertBounded(socket);
        }
        assert.equal(reading.size, 0);
        const drained = event(writer, "drain");
        source.pipe(sink);
        assert.equal(await reading.until(size), hash);
        await Promise.all([drained, done]);
        assert.equal(writer.writableLength, 0);
      },
    );
  }
}
