/**
 * The contestant of Bun's own API: `Bun.listen` and `Bun.connect`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  type BunAddress,
  bunApi,
  type BunHandlers,
  type BunSocket,
} from "../../runtime/bun/api.ts";
import type { Exchange } from "../checks.ts";
import {
  type Address,
  BURST,
  type ByteJob,
  type Client,
  type Contestant,
  HOST,
  type Job,
  type Service,
  type TextJob,
} from "./contestant.ts";

/** Small writes that have to wait are joined up to this size. */
const BLOCK = 64 * 1024;

const ignore = () => {};

/** A socket, with the queue and the callbacks that its program needs. */
class Peer {
  onData: (chunk: Uint8Array) => void = ignore;
  onDrain: () => void = ignore;
  onEnd: () => void = ignore;
  onClose: () => void = ignore;
  socket!: BunSocket<Peer>;
  #queue: Uint8Array[] = [];
  #ending = false;

  /**
   * Sends now or as soon as possible. Returns `false` if the caller should wait
   * for `onDrain`.
   */
  write(bytes: Uint8Array): boolean {
    if (this.#queue.length > 0) {
      this.#queue.push(bytes);
      return false;
    }
    const taken = this.socket.write(bytes);
    if (taken === bytes.length) return true;
    if (taken < 0) throw new Error("could not write");
    this.#queue.push(bytes.subarray(taken));
    return false;
  }

  /** Like `write`, but Bun encodes the text. */
  writeText(text: string): boolean {
    if (this.#queue.length > 0) {
      this.#queue.push(Buffer.from(text));
      return false;
    }
    const taken = this.socket.write(text);
    if (taken < 0) throw new Error("could not write");
    if (taken === Buffer.byteLength(text)) return true;
    this.#queue.push(Buffer.from(text).subarray(taken));
    return false;
  }

  /** Sends the FIN after everything that is queued. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#queue.length === 0) this.socket.shutdown();
  }

  drain(): void {
    const queue = this.#queue;
    if (queue.length === 0) {
      // Bun also calls this when nothing waits.
      if (!this.#ending) this.onDrain();
      return;
    }
    let at = 0;
    while (at < queue.length) {
      let end = at + 1;
      let size = queue[at]!.length;
      while (end < queue.length && size + queue[end]!.length <= BLOCK) {
        size += queue[end++]!.length;
      }
      const block = end - at === 1
        ? queue[at]!
        : Buffer.concat(queue.slice(at, end));
      const taken = this.socket.write(block);
      if (taken < 0) throw new Error("could not write");
      at = end;
      if (taken < size) {
        queue[--at] = block.subarray(taken);
        break;
      }
    }
    if (at < queue.length) {
      if (at > 0) this.#queue = queue.slice(at);
      return;
    }
    this.#queue = [];
    if (this.#ending) this.socket.shutdown();
    else this.onDrain();
  }
}

/** @param accept What to do with a new connection. */
function handlers(accept?: (peer: Peer) => void): BunHandlers<Peer> {
  return {
    open(socket) {
      if (accept) {
        socket.data = new Peer();
        socket.data.socket = socket;
        accept(socket.data);
      }
    },
    data: (socket, chunk) => socket.data.onData(chunk),
    drain: (socket) => socket.data.drain(),
    end: (socket) => socket.data.onEnd(),
    close: (socket) => socket.data.onClose(),
    connectError: ignore,
  };
}

const clientHandlers = handlers();

export function place(address: Address): BunAddress {
  return "port" in address
    ? { hostname: HOST, port: address.port }
    : { unix: address.path };
}

function start(on: Address, accept: (peer: Peer) => void): Promise<Service> {
  const server = bunApi().listen<Peer>({
    ...place(on),
    socket: handlers(accept),
    data: new Peer(),
    allowHalfOpen: true,
  });
  const bound: { port?: number } = {};
  server.getsockname(bound);
  return Promise.resolve({
    address: "port" in on ? { port: bound.port! } : on,
    close: () => server.stop(),
  });
}

async function open(to: Address): Promise<Peer> {
  const peer = new Peer();
  peer.socket = await bunApi().connect<Peer>({
    ...place(to),
    socket: clientHandlers,
    data: peer,
    allowHalfOpen: true,
  }) as BunSocket<Peer>;
  return peer;
}

function sendBytes(peer: Peer, job: ByteJob): void {
  const { chunks, count, cork, wait } = job;
  const size = chunks[0]!.length;
  let sent = 0;
  const joined = () => {
    const block = new Uint8Array(Math.min(cork, count - sent) * size);
    for (let at = 0; at < block.length; at += size) {
      block.set(chunks[sent++ % chunks.length]!, at);
    }
    return block;
  };
  const send = () => {
    const end = wait ? count : Math.min(count, sent + BURST);
    let went = true;
    while (sent < end) {
      went = peer.write(
        cork > 1 ? joined() : chunks[sent++ % chunks.length]!,
      );
      if (wait && !went) return;
    }
    if (sent === count) peer.end();
    else if (went) setImmediate(send);
  };
  peer.onDrain = send;
  send();
}

function sendText(peer: Peer, { lines, count }: TextJob): void {
  let sent = 0;
  const send = () => {
    while (sent < count) {
      if (!peer.writeText(lines[sent++ % lines.length]!)) return;
    }
    peer.end();
  };
  peer.onDrain = send;
  send();
}

function send(peer: Peer, job: Job): void {
  if (job.kind === "text") sendText(peer, job);
  else sendBytes(peer, job);
}

/** Forwards what one connection reads, and then its end. */
function copy(from: Peer, to: Peer): void {
  from.onData = (chunk) => {
    if (!to.write(chunk)) from.socket.pause();
  };
  to.onDrain = () => from.socket.resume();
  from.onEnd = () => to.end();
}

class RawClient implements Client {
  readonly #peer: Peer;
  readonly #closed: Promise<void>;

  constructor(peer: Peer) {
    this.#peer = peer;
    this.#closed = new Promise((resolve) => peer.onClose = resolve);
  }

  exchange(exchange: Exchange): Promise<void> {
    return new Promise((resolve) => {
      const peer = this.#peer;
      peer.onData = (chunk) => {
        if (!exchange.accept(chunk)) return;
        if (exchange.done) resolve();
        else peer.write(exchange.message);
      };
      peer.write(exchange.message);
    });
  }

  read(receive: (chunk: Uint8Array) => void): Promise<void> {
    this.#peer.onData = receive;
    this.#peer.onEnd = () => this.#peer.end();
    return this.#closed;
  }

  async readText(receive: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    await this.read((chunk) => receive(decoder.decode(chunk, STREAM)));
    receive(decoder.decode());
  }

  close(): Promise<void> {
    this.#peer.end();
    return this.#closed;
  }
}

const STREAM = { stream: true };

/** Bun's own API. */
export const contestant: Contestant = {
  echo: (on) =>
    start(on, (peer) => {
      copy(peer, peer);
    }),
  source: (on, job) =>
    start(on, (peer) => {
      send(peer, job);
    }),
  proxy: (on, to) =>
    start(on, (peer) => {
      peer.socket.pause();
      void open(to).then((upstream) => {
        copy(peer, upstream);
        copy(upstream, peer);
        peer.socket.resume();
      });
    }),
  async connect(to) {
    return new RawClient(await open(to));
  },
};
