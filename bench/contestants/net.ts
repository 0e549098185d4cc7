/**
 * A contestant with the API of `node:net`: this package, the runtime's own
 * module, or a bare stream. On Node also its own module with `onread`, the
 * nearest thing to a raw API.
 *
 * @module
 */
import { StringDecoder } from "node:string_decoder";
import type * as net from "node:net";
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

/** The part of the module that is used. */
export type NetModule = Pick<typeof net, "connect" | "createServer">;

/** The module of a contestant that has the API of `node:net`. */
export async function netModuleOf(
  name: "isonet" | "builtin",
): Promise<NetModule> {
  if (name === "builtin") return await import("node:net");
  const isonet: unknown = await import("../../mod.ts");
  return isonet as NetModule;
}

/** What `onread` reads into: every client, as nobody keeps the bytes. */
const readBuffer = new Uint8Array(64 * 1024);

/** An error here has to end the round. */
export function fail(error: Error): void {
  throw error;
}

/** Listen, and say where. */
export function listen(server: net.Server, on: Address): Promise<Service> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen("port" in on ? { ...on, host: HOST } : on, () => {
      const address = server.address();
      resolve({
        address: address !== null && typeof address === "object"
          ? { port: address.port }
          : on,
        // Nobody waits for this: proxies of Deno's own module stay open.
        close: () => server.close(),
      });
    });
  });
}

function sendWaiting(socket: net.Socket, { chunks, count }: ByteJob): void {
  let sent = 0;
  const send = () => {
    while (sent < count) {
      if (!socket.write(chunks[sent++ % chunks.length]!)) return;
    }
    socket.end();
  };
  socket.on("drain", send);
  send();
}

function sendInBursts(socket: net.Socket, job: ByteJob): void {
  const { chunks, count, cork } = job;
  let sent = 0;
  const burst = () => {
    const last = Math.min(count, sent + BURST) - 1;
    while (sent < last) {
      if (cork > 1) socket.cork();
      const end = Math.min(last, sent + cork);
      while (sent < end) socket.write(chunks[sent++ % chunks.length]!);
      if (cork > 1) socket.uncork();
    }
    const next = sent + 1 < count ? burst : end;
    socket.write(chunks[sent++ % chunks.length]!, next);
  };
  const end = () => {
    socket.end();
  };
  burst();
}

function sendText(socket: net.Socket, { lines, count }: TextJob): void {
  let sent = 0;
  const send = () => {
    while (sent < count) {
      if (!socket.write(lines[sent++ % lines.length]!)) return;
    }
    socket.end();
  };
  socket.on("drain", send);
  send();
}

/** A client that reads with `'data'` listeners. */
export class EventClient implements Client {
  readonly #socket: net.Socket;
  readonly #closed: Promise<void>;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.on("close", resolve));
  }

  exchange(exchange: Exchange): Promise<void> {
    return new Promise((resolve) => {
      const socket = this.#socket;
      const onData = (chunk: Uint8Array) => {
        if (!exchange.accept(chunk)) return;
        if (!exchange.done) socket.write(exchange.message);
        else {
          socket.off("data", onData);
          resolve();
        }
      };
      socket.on("data", onData);
      socket.write(exchange.message);
    });
  }

  read(receive: (chunk: Uint8Array) => void): Promise<void> {
    this.#socket.on("data", receive);
    return this.#closed;
  }

  readText(receive: (text: string) => void): Promise<void> {
    this.#socket.setEncoding("utf8").on("data", receive);
    return this.#closed;
  }

  close(): Promise<void> {
    this.#socket.resume().end();
    return this.#closed;
  }
}

/** A client that reads with `onread`. */
class OnReadClient implements Client {
  #receive: (chunk: Uint8Array) => void = () => {};
  #socket!: net.Socket;
  #closed!: Promise<void>;

  readonly onread: net.OnReadOpts = {
    buffer: readBuffer,
    callback: (count, buffer) => {
      this.#receive(buffer.subarray(0, count));
      return true;
    },
  };

  attach(socket: net.Socket): void {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.on("close", resolve));
  }

  exchange(exchange: Exchange): Promise<void> {
    return new Promise((resolve) => {
      this.#receive = (chunk) => {
        if (!exchange.accept(chunk)) return;
        if (exchange.done) resolve();
        else this.#socket.write(exchange.message);
      };
      this.#socket.write(exchange.message);
    });
  }

  read(receive: (chunk: Uint8Array) => void): Promise<void> {
    this.#receive = receive;
    return this.#closed;
  }

  async readText(receive: (text: string) => void): Promise<void> {
    const decoder = new StringDecoder("utf8");
    // The chunk is a slice of our own memory, so it is not a Buffer.
    this.#receive = (chunk) => receive(decoder.write(chunk as Buffer));
    await this.#closed;
    receive(decoder.end());
  }

  close(): Promise<void> {
    this.#socket.end();
    return this.#closed;
  }
}

/** An address as the options of `connect`. */
export function target(to: Address): net.NetConnectOpts {
  return "port" in to ? { ...to, host: HOST } : to;
}

/** @param onread Whether clients read with `onread`. */
export function netContestant(
  { connect, createServer }: NetModule,
  onread: boolean,
): Contestant {
  function source(on: Address, job: Job): Promise<Service> {
    const server = createServer((socket) => {
      socket.on("error", fail);
      if (job.kind === "text") sendText(socket, job);
      else if (job.wait) sendWaiting(socket, job);
      else sendInBursts(socket, job);
      socket.resume();
    });
    return listen(server, on);
  }

  return {
    echo(on) {
      const server = createServer((socket) => {
        socket.on("error", fail);
        socket.on("data", (chunk) => {
          if (socket.write(chunk)) return;
          socket.pause();
          socket.once("drain", () => socket.resume());
        });
      });
      return listen(server, on);
    },
    source,
    proxy(on, to) {
      const server = createServer((socket) => {
        const upstream = connect(target(to));
        socket.on("error", fail).pipe(upstream);
        upstream.on("error", fail).pipe(socket);
      });
      return listen(server, on);
    },
    connect(to) {
      return new Promise((resolve, reject) => {
        const reader = onread ? new OnReadClient() : undefined;
        const options = reader
          ? { ...target(to), onread: reader.onread }
          : target(to);
        const socket = connect(options, () => {
          socket.off("error", reject);
          socket.on("error", fail);
          resolve(reader ?? new EventClient(socket));
        });
        socket.on("error", reject);
        reader?.attach(socket);
      });
    },
  };
}
