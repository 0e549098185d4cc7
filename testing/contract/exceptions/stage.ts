/**
 * Where sinks throw: a log of what happens, and connections whose sinks throw
 * once in the methods that a scenario chooses.
 *
 * @module
 */
import {
  clearTimeout,
  setImmediate,
  setTimeout,
} from "../../../runtime/timers.ts";
import type {
  Connection,
  ConnectionSink,
  ConnectSink,
  ConnectTarget,
  Listener,
  ListenSink,
  ListenTarget,
  RuntimeAdapter,
} from "../../../runtime/adapter.ts";
import { bytes } from "../data.ts";
import { type Kind, listenOn, pipeTo, tcpTo } from "../targets.ts";

/** What a sink throws. */
class Thrown extends Error {
  readonly stage: Stage;

  constructor(stage: Stage, method: string) {
    super(method);
    this.stage = stage;
  }
}

/** Names what happens to one end, and throws once in each chosen method. */
export class ThrowingSink implements ConnectionSink {
  readonly connection: Connection;
  readonly allocate?: () => Uint8Array | undefined;
  readonly #stage: Stage;
  readonly #name: string;
  readonly #throws: Set<string>;
  #text = "";

  constructor(
    stage: Stage,
    name: string,
    connection: Connection,
    throws: readonly string[] = [],
  ) {
    this.#stage = stage;
    this.#name = name;
    this.connection = connection;
    this.#throws = new Set(throws);
    if (this.#throws.has("allocate")) {
      const memory = new Uint8Array(16);
      this.allocate = () => {
        this.#did("allocates", "allocate");
        return memory;
      };
    }
    connection.attach(this);
  }

  /** Note it, and throw if it is the first call of a chosen method. */
  #did(word: string, method: string): void {
    this.#stage.happened(`${this.#name} ${word}`);
    if (this.#throws.delete(method)) this.#stage.fail(method);
  }

  onRead(chunk: Uint8Array): void {
    this.#text += new TextDecoder().decode(chunk);
    this.#did(`has ${this.#text}`, "onRead");
  }

  onEnd(): void {
    this.#did("end", "onEnd");
  }

  onError(error: Error): void {
    this.#did((error as { code?: string }).code ?? error.message, "onError");
  }

  onWrite(error: Error | null): void {
    this.#did(`write ${error === null ? "done" : "failed"}`, "onWrite");
  }

  onShutdown(error: Error | null): void {
    this.#did(`shutdown ${error === null ? "done" : "failed"}`, "onShutdown");
  }

  onClose(): void {
    this.#did("close", "onClose");
  }

  send(text: string): void {
    this.connection.write(bytes(text));
  }
}

/** Both ends of a connection. */
export interface Pair {
  readonly client: ThrowingSink;
  readonly server: ThrowingSink;
}

/** In which methods the ends of a connection throw, and who brings them. */
export interface Throws {
  readonly client?: readonly string[];
  readonly server?: readonly string[];
  readonly onConnect?: boolean;
  readonly onConnection?: boolean;
}

/** One scenario on one backend. */
export class Stage {
  readonly adapter: RuntimeAdapter;
  readonly kind: Kind;
  readonly #log: string[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #listeners: Listener[] = [];
  /** By message: how often it was thrown and did not come as it must yet. */
  readonly #missing = new Map<string, number>();
  readonly #wrong: string[] = [];
  #failed = false;

  constructor(adapter: RuntimeAdapter, kind: Kind) {
    this.adapter = adapter;
    this.kind = kind;
  }

  happened(word: string): void {
    this.#log.push(word);
    for (const check of this.#waiting) check();
  }

  /** Forget what has happened, to wait for it once more. */
  forget(): void {
    this.#log.length = 0;
  }

  #until(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!reached()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Resolves once each of these has happened. */
  all(...words: string[]): Promise<void> {
    return this.#until(() => words.every((word) => this.#log.includes(word)));
  }

  /** Throw, out of a method of a sink. */
  fail(method: string): never {
    this.#missing.set(method, (this.#missing.get(method) ?? 0) + 1);
    throw new Thrown(this, method);
  }

  /** This has reached the process, as an exception or as a rejection. */
  caught(reason: unknown, origin: string): void {
    const isOwn = reason instanceof Thrown && reason.stage === this;
    // A rejection may come late.
    if (!isOwn && reason instanceof Thrown && reason.stage.#failed) return;
    const message = reason instanceof Error ? reason.message : String(reason);
    const missing = isOwn ? this.#missing.get(message)! : 0;
    if (origin === "uncaughtException" && missing > 0) {
      this.#missing.set(message, missing - 1);
    } else this.#wrong.push(`${origin}: ${message}`);
    this.happened(`${origin}: ${message}`);
  }

  /** Resolves once what was thrown in this method is an uncaught exception. */
  uncaught(method: string): Promise<void> {
    return this.all(`uncaughtException: ${method}`);
  }

  /** Play, and tell what was wrong: an empty text if nothing was. */
  async play(
    scenario: (stage: Stage) => Promise<void>,
    patience: number,
  ): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hang = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, patience, "does not go on");
    });
    const run = async () => {
      await scenario(this);
      await this.#until(() =>
        [...this.#missing.values()].every((count) => count === 0)
      );
      // What comes twice may come a turn later.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return "";
    };
    const result = await Promise.race([
      run().catch((error) => `rejects: ${error}`),
      hang,
    ]);
    clearTimeout(timer);
    for (const listener of this.#listeners) listener.close();
    const problem = result === ""
      ? this.#wrong.join(", ")
      : `${result}; came: ${this.#log.join(", ")}`;
    this.#failed = problem !== "";
    return problem;
  }

  /** Listen. The listener is closed when the scenario is over. */
  async listen(
    target: ListenTarget,
    sink: Partial<ListenSink> = {},
  ): Promise<Listener> {
    const listener = this.adapter.listen(target, {
      onListening: () => this.happened("listening"),
      onConnection: (connection) => {
        this.happened("accepted");
        connection.close();
      },
      onError: (error) => this.happened(`listener ${error.message}`),
      ...sink,
    });
    if (listener.pending) await this.all("listening");
    this.#listeners.push(listener);
    return listener;
  }

  close(listener: Listener): void {
    this.#listeners.splice(this.#listeners.indexOf(listener), 1);
    listener.close();
  }

  connect(target: ConnectTarget, sink: Partial<ConnectSink> = {}): void {
    this.adapter.connect(target, {
      onConnect: (connection) => {
        this.happened("connected");
        connection.close();
      },
      onError: (error) => this.happened(`client ${error.message}`),
      ...sink,
    });
  }

  /** Both ends of a connection; the ends throw once in these methods. */
  async pair(throws: Throws = {}): Promise<Pair> {
    let client: ThrowingSink | undefined;
    let server: ThrowingSink | undefined;
    const on = listenOn(this.kind);
    const listener = await this.listen(on, {
      onConnection: (connection) => {
        server = new ThrowingSink(this, "server", connection, throws.server);
        this.happened("accepted");
        if (throws.onConnection) this.fail("onConnection");
      },
    });
    this.connect(reach(on, listener), {
      onConnect: (connection) => {
        client = new ThrowingSink(this, "client", connection, throws.client);
        this.happened("connected");
        if (throws.onConnect) this.fail("onConnect");
      },
    });
    await this.all("connected", "accepted");
    return { client: client!, server: server! };
  }

  /** Both ways work, and both ends close. */
  async worksOn(ends: Pair): Promise<void> {
    const { client, server } = ends;
    client.connection.readStart();
    server.connection.readStart();
    client.send("ping");
    server.send("pong");
    await this.all("client has pong", "server has ping");
    await this.closeBoth(ends);
  }

  async closeBoth({ client, server }: Pair): Promise<void> {
    client.connection.close();
    server.connection.close();
    await this.all("client close", "server close");
  }
}

/** A target that reaches this listener. */
export function reach(on: ListenTarget, listener: Listener): ConnectTarget {
  return on.kind === "pipe"
    ? pipeTo(on.path)
    : tcpTo(listener.endpoint()!.port);
}
