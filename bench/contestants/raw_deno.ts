/**
 * The contestant of Deno's own API: `Deno.listen` and `Deno.connect`.
 *
 * @module
 */
import {
  type ConnectOptions,
  denoNamespace,
  type NativeConn,
  type NativeListener,
} from "../../runtime/deno/api.ts";
import type { Exchange } from "../checks.ts";
import {
  type Address,
  type Client,
  type Contestant,
  HOST,
  type Job,
  type Service,
} from "./contestant.ts";

const READ_SIZE = 64 * 1024;

/** An echo answers small messages, perhaps of very many connections. */
const ECHO_SIZE = 4 * 1024;

export function place(address: Address): ConnectOptions {
  return "port" in address
    ? { transport: "tcp", hostname: HOST, port: address.port }
    : { transport: "unix", path: address.path };
}

async function writeAll(conn: NativeConn, bytes: Uint8Array): Promise<void> {
  let written = await conn.write(bytes);
  while (written < bytes.length) {
    written += await conn.write(bytes.subarray(written));
  }
}

/** Forwards what one connection reads, and then its end. */
async function copy(
  from: NativeConn,
  to: NativeConn,
  size: number,
): Promise<void> {
  const buffer = new Uint8Array(size);
  for (;;) {
    const count = await from.read(buffer);
    if (count === null) break;
    await writeAll(to, buffer.subarray(0, count));
  }
  await to.closeWrite();
}

async function send(conn: NativeConn, job: Job): Promise<void> {
  if (job.kind === "text") {
    const encoder = new TextEncoder();
    for (let i = 0; i < job.count; i++) {
      await writeAll(conn, encoder.encode(job.lines[i % job.lines.length]!));
    }
  } else if (job.cork > 1) {
    const { chunks, count, cork } = job;
    const size = chunks[0]!.length;
    const block = new Uint8Array(size * cork);
    for (let sent = 0; sent < count;) {
      let length = 0;
      for (const end = Math.min(count, sent + cork); sent < end; sent++) {
        block.set(chunks[sent % chunks.length]!, length);
        length += size;
      }
      await writeAll(conn, block.subarray(0, length));
    }
  } else {
    for (let i = 0; i < job.count; i++) {
      await writeAll(conn, job.chunks[i % job.chunks.length]!);
    }
  }
  await conn.closeWrite();
  // Wait until the peer has closed, so that nothing is left unread.
  while (await conn.read(new Uint8Array(1)) !== null);
}

/** Accepts connections until the listener is closed. */
export async function acceptAll(
  listener: NativeListener,
  accept: (conn: NativeConn) => void,
): Promise<void> {
  for (;;) {
    let conn: NativeConn;
    try {
      conn = await listener.accept();
    } catch (error) {
      // `accept` rejects when the listener is closed.
      if ((error as Error).name === "BadResource") return;
      throw error;
    }
    accept(conn);
  }
}

function start(
  on: Address,
  handle: (conn: NativeConn) => Promise<void>,
): Promise<Service> {
  const listener = denoNamespace().listen(place(on));
  void acceptAll(listener, (conn) => {
    handle(conn).then(() => conn.close());
  });
  const { port } = listener.addr;
  return Promise.resolve({
    address: port === undefined ? on : { port },
    close: () => listener.close(),
  });
}

class RawClient implements Client {
  readonly #conn: NativeConn;

  constructor(conn: NativeConn) {
    this.#conn = conn;
  }

  async exchange(exchange: Exchange): Promise<void> {
    const conn = this.#conn;
    const buffer = new Uint8Array(exchange.message.length);
    while (!exchange.done) {
      await writeAll(conn, exchange.message);
      let count: number | null;
      do {
        count = await conn.read(buffer);
        if (count === null) throw new Error("ended early");
      } while (!exchange.accept(buffer.subarray(0, count)));
    }
  }

  async read(receive: (chunk: Uint8Array) => void): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE);
    for (;;) {
      const count = await this.#conn.read(buffer);
      if (count === null) break;
      receive(buffer.subarray(0, count));
    }
    this.#conn.close();
  }

  async readText(receive: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    await this.read((chunk) => receive(decoder.decode(chunk, STREAM)));
    receive(decoder.decode());
  }

  async close(): Promise<void> {
    await this.#conn.closeWrite();
    const buffer = new Uint8Array(1024);
    while (await this.#conn.read(buffer) !== null);
    this.#conn.close();
  }
}

const STREAM = { stream: true };

/** Deno's own API. */
export const contestant: Contestant = {
  echo: (on) => start(on, (conn) => copy(conn, conn, ECHO_SIZE)),
  source: (on, job) => start(on, (conn) => send(conn, job)),
  proxy: (on, to) =>
    start(on, async (conn) => {
      const upstream = await denoNamespace().connect(place(to));
      await Promise.all([
        copy(conn, upstream, READ_SIZE),
        copy(upstream, conn, READ_SIZE),
      ]);
      upstream.close();
    }),
  async connect(to) {
    return new RawClient(await denoNamespace().connect(place(to)));
  },
};
