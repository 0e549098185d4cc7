/**
 * Servers and sockets that are closed when their test ends, and helpers that
 * wait for their events.
 *
 * @module
 */
import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import * as net from "../../mod.ts";
import type { Transport } from "./transports.ts";

/** A client, and the server's end of the same connection. */
export interface Pair {
  readonly server: net.Server;
  readonly client: net.Socket;
  readonly peer: net.Socket;
}

/** The servers and sockets of one test over one transport. */
export class Bed {
  readonly transport: Transport;
  readonly #servers = new Set<net.Server>();
  readonly #sockets = new Set<net.Socket>();
  readonly #closers: (() => void)[] = [];

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** Calls `close` when the test ends, for what is not of ours. */
  onClose(close: () => void): void {
    this.#closers.push(close);
  }

  /** Destroys `socket` when the test ends. */
  track<S extends net.Socket>(socket: S): S {
    this.#sockets.add(socket);
    void closed(socket);
    return socket;
  }

  /**
   * Closes `server` when the test ends, and destroys the sockets it accepted.
   */
  trackServer(server: net.Server): net.Server {
    server.on("connection", (socket: net.Socket) => this.track(socket));
    this.#servers.add(server);
    return server;
  }

  /** A server that does not listen yet. */
  createServer(
    options: net.ServerOpts = {},
    onConnection?: (socket: net.Socket) => void,
  ): net.Server {
    const server = this.trackServer(net.createServer(options));
    if (onConnection) server.on("connection", onConnection);
    return server;
  }

  /** A server that listens on a new address of the transport. */
  async listen(
    options: net.ServerOpts = {},
    onConnection?: (socket: net.Socket) => void,
  ): Promise<net.Server> {
    const server = this.createServer(options, onConnection);
    server.listen(this.transport.listenOptions());
    await event(server, "listening");
    return server;
  }

  /** A client that is connecting to `server`. */
  connect(server: net.Server, options: object = {}): net.Socket {
    return this.track(
      net.connect({ ...options, ...this.transport.connectOptions(server) }),
    );
  }

  /** A connected client and its peer. */
  async pair(
    options: { server?: net.ServerOpts; client?: object } = {},
  ): Promise<Pair> {
    const server = await this.listen(options.server);
    const accepted = event(server, "connection");
    const client = this.connect(server, options.client);
    const [[peer]] = await Promise.all([accepted, event(client, "connect")]);
    return { server, client, peer: peer as net.Socket };
  }

  /** Closes everything. Resolves when the servers are closed. */
  async close(): Promise<void> {
    for (const close of this.#closers) close();
    for (const socket of this.#sockets) {
      socket.on("error", () => {});
      socket.destroy();
    }
    await Promise.all([...this.#servers].map((server) => {
      if (!server.listening) return;
      return new Promise<void>((resolve) => server.close(() => resolve()));
    }));
  }
}

/**
 * The arguments of the next `name`. Unlike `events.once`, it ignores `'error'`.
 */
export function event(
  emitter: EventEmitter,
  name: string,
): Promise<unknown[]> {
  return new Promise((resolve) => {
    emitter.once(name, (...args: unknown[]) => resolve(args));
  });
}

/** The error of the next `'error'`. */
export async function errorOf(
  emitter: EventEmitter,
): Promise<NodeJS.ErrnoException> {
  const [error] = await event(emitter, "error");
  return error as NodeJS.ErrnoException;
}

const closings = new WeakMap<net.Socket, Promise<boolean>>();

/**
 * Resolves with `hadError` when `socket` emits `'close'`, or at once if a bed
 * tracks the socket and it was emitted before. (`socket.closed` does not help:
 * it is true before the event.)
 */
export function closed(socket: net.Socket): Promise<boolean> {
  let closing = closings.get(socket);
  if (!closing) {
    closing = event(socket, "close").then(([hadError]) => hadError as boolean);
    closings.set(socket, closing);
  }
  return closing;
}

/** Everything `socket` receives until `'end'`. */
export function received(socket: Readable): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("end", () => resolve(Buffer.concat(chunks)));
  });
}

/** Names of the events of `emitter`, written to `log` as they come. */
export function record(
  emitter: EventEmitter,
  names: readonly string[],
  log: string[] = [],
  prefix = "",
): string[] {
  for (const name of names) emitter.on(name, () => log.push(prefix + name));
  return log;
}

/** Waits for a turn of the event loop, including timers and I/O. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => setImmediate(resolve), 1);
  });
}
