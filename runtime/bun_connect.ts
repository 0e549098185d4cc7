/**
 * Connecting with the Bun backend.
 *
 * @module
 */
import type {
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  TcpConnectTarget,
} from "./adapter.ts";
import {
  type BunAddress,
  bunApi,
  type BunSocket,
  findConnecting,
  hasStrayNul,
} from "./bun_api.ts";
import { BunConnection } from "./bun_connection.ts";
import {
  type BunSocketOwner,
  guarded,
  handlers,
  Opening,
} from "./bun_handlers.ts";
import { codeFrom, systemError } from "./errors.ts";

class BunAttempt extends Opening implements ConnectAttempt, BunSocketOwner {
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  #referenced: boolean;
  #starting = true;
  #done = false;
  /** Known before `connect` returned. */
  #early: Error | undefined;

  constructor(target: ConnectTarget, sink: ConnectSink) {
    super();
    this.#target = target;
    this.#sink = sink;
    this.#referenced = target.referenced;
  }

  start(): this {
    // The promise is of no use: `open` and `connectError` tell all, sooner.
    bunApi().connect<BunSocketOwner>({
      ...addressOf(this.#target),
      data: this,
      socket: handlers,
      allowHalfOpen: true,
    });
    this.#starting = false;
    if (this.#early) {
      const { code } = this.#early as Error & { code: string };
      // A path is looked up at once, yet Node tells in a turn of its own.
      if (this.#target.kind === "tcp" || code === "EINVAL") throw this.#early;
      setImmediate(tellConnectError, this, this.#early);
    }
    return this;
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    findConnecting<BunSocketOwner>(this)?.terminate();
  }

  // A running attempt keeps the process alive on every runtime, Node's own
  // too; the wish counts from the moment of connection on.

  ref(): void {
    this.#referenced = true;
  }

  unref(): void {
    this.#referenced = false;
  }

  onOpen(socket: BunSocket<BunSocketOwner>): void {
    if (this.#done) return socket.terminate();
    this.#done = true;
    const connection = new BunConnection(socket, this.#target.kind);
    socket.data = connection;
    if (!this.#referenced) connection.unref();
    // Bun would close it if this threw.
    guarded(() => this.#sink.onConnect(connection));
    connection.updateHold();
  }

  override onConnectError(error: Error): void {
    if (this.#done) return;
    const code = codeFrom(error, "ECONNREFUSED");
    if (this.#starting) this.#early = earlyError(code, this.#target);
    // Bun would make a rejection of what this throws.
    else guarded(() => this.tellError(connectError(code, this.#target)));
  }

  tellError(error: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#sink.onError(error);
  }
}

const tellConnectError = (attempt: BunAttempt, error: Error) =>
  attempt.tellError(error);

function addressOf(target: ConnectTarget): BunAddress {
  if (target.kind === "pipe") {
    if (hasStrayNul(target.path)) throw connectError("EINVAL", target);
    return { unix: target.path };
  }
  const { address: hostname, port, localPort } = target;
  if (!target.localAddress && !localPort) return { hostname, port };
  return { hostname, port, localPort, localAddress: sourceOf(target) };
}

/** Bun takes a source port only with a source address. */
function sourceOf(target: TcpConnectTarget): string {
  const any = target.family === 6 ? "::" : "0.0.0.0";
  const address = target.localAddress || any;
  // Bun reports another family as ECONNREFUSED.
  if (address.includes(":") !== any.includes(":")) {
    throw systemError("EINVAL", "bind", { address, port: target.localPort });
  }
  return address;
}

function connectError(code: string, target: ConnectTarget): Error {
  if (target.kind === "pipe") {
    return systemError(code, "connect", { address: target.path });
  }
  const { address, port, localPort } = target;
  const localAddress = localPort ? sourceOf(target) : undefined;
  return systemError(code, "connect", {
    address,
    port,
    localAddress,
    localPort,
  });
}

/** A failure known before `connect` returned: of the bind, or no route. */
function earlyError(code: string, target: ConnectTarget): Error {
  if (target.kind === "pipe") return connectError(code, target);
  const { localAddress, localPort, address } = target;
  if ((localAddress || localPort) && code !== "ECONNREFUSED") {
    return systemError(code, "bind", {
      address: sourceOf(target),
      port: localPort,
    });
  }
  // Bun calls every failure ECONNREFUSED that it does not know. A refusal
  // itself comes from the peer, which takes a turn unless it is this machine.
  const isHere = /^(127\.|::1$|0\.0\.0\.0$|::$)/.test(address);
  const hidden = code === "ECONNREFUSED" && !isHere;
  return connectError(hidden ? "ENETUNREACH" : code, target);
}

/** Start one attempt to connect. */
export function connect(
  target: ConnectTarget,
  sink: ConnectSink,
): ConnectAttempt {
  return new BunAttempt(target, sink).start();
}
