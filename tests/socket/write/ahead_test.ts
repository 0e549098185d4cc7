/**
 * Writes that a connection counts as taken before it knows of the outcome, see
 * `Connection.writeAhead`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import net from "../../../mod.ts";
import type { ConnectionSink, WriteResult } from "../../../runtime/adapter.ts";
import { systemError } from "../../../runtime/errors.ts";
import { event } from "../../helpers/net_helpers.ts";
import { ScriptedConnection } from "../direct_way/scripted_connection.ts";

/** Sends ahead what it can; after a time all of it turns out to be lost. */
class AheadConnection extends ScriptedConnection {
  readonly lost: Error = systemError("EPIPE", "write");
  isLost = false;
  readonly #note: (line: string) => void;
  #attached!: ConnectionSink;

  constructor(log: (line: string) => void) {
    super(log);
    this.#note = log;
  }

  override attach(sink: ConnectionSink): void {
    super.attach(sink);
    this.#attached = sink;
  }

  writeAhead(chunk: Uint8Array): WriteResult {
    this.#note(`ahead: bytes ${String(chunk)}`);
    if (this.isLost) {
      queueMicrotask(() => this.#attached.onWrite(this.lost));
    }
    return true;
  }
}

/** A socket whose first write, which goes through the stream, is over. */
async function begun() {
  const log: string[] = [];
  const connection = new AheadConnection((line) => log.push(line));
  const socket = new net.Socket({ handle: connection });
  socket.write("a");
  await new Promise(setImmediate);
  log.length = 0;
  return { connection, socket, log };
}

test("Socket.write(): sends bytes ahead, but no text, and nothing that somebody waits for", async () => {
  const { socket, log } = await begun();
  socket.write(Buffer.from("1"));
  socket.write("b");
  await new Promise<unknown>((done) => socket.write(Buffer.from("2"), done));
  assert.deepEqual(log, [
    "ahead: bytes 1",
    'taken: utf8 "b"',
    "taken: bytes 2",
  ]);
  assert.equal(socket.bytesWritten, 4);
  socket.destroy();
});

test("Socket.write(): a write sent ahead that fails destroys the socket", async () => {
  const { connection, socket } = await begun();
  connection.isLost = true;
  assert.equal(socket.write(Buffer.from("1")), true);
  const closed = event(socket, "close");
  const [error] = await event(socket, "error");
  assert.equal(error, connection.lost);
  assert.deepEqual(await closed, [true]);
  assert.equal(socket.bytesWritten, 2);
});
