/**
 * What the contract suite works with: the connections and listeners of one
 * test, and a watch over the rules that hold at every moment of it.
 *
 * @module
 */
import type {
  ConnectAttempt,
  Connection,
  ConnectTarget,
  ListenTarget,
  RuntimeAdapter,
} from "../../runtime/adapter.ts";
import type { SystemError } from "../../runtime/errors.ts";
import { setImmediate, setTimeout } from "../../runtime/timers.ts";
import { Ear, type Handlers, Log, Probe } from "./sinks.ts";
import { type Kind, listenOn } from "./targets.ts";

/** How long "nothing comes" is waited for. */
const QUIET_MS = 40;

/** An attempt to connect, and how it came out. */
export interface Trial {
  readonly attempt: ConnectAttempt;
  readonly outcome: Promise<Probe | SystemError>;
  /** What the sink was told: `bound`, `connect`, `error`. */
  readonly words: readonly string[];
}

/** One test's connections and listeners on one adapter. */
export class Lab {
  readonly adapter: RuntimeAdapter;
  /** Rules that were broken, in plain words. */
  readonly broken: string[] = [];
  readonly #probes: Probe[] = [];
  readonly #ears: Ear[] = [];
  #calls = 0;

  constructor(adapter: RuntimeAdapter) {
    this.adapter = adapter;
  }

  blame(rule: string): void {
    this.broken.push(rule);
  }

  /** Call into the backend; it must call nobody back before it returns. */
  call<T>(run: () => T): T {
    this.#calls++;
    try {
      return run();
    } finally {
      this.#calls--;
    }
  }

  /** A sink method was called. */
  hear(name: string): void {
    if (this.#calls > 0) this.blame(`${name} before a call had returned`);
  }

  probe(connection: Connection, handlers?: Handlers): Probe {
    const probe = new Probe(this, connection, handlers);
    this.#probes.push(probe);
    return probe;
  }

  /** Bind; rejects with the error however the backend tells it. */
  async listen(target: ListenTarget, handlers?: Handlers): Promise<Ear> {
    const ear = new Ear(this, target, handlers);
    this.#ears.push(ear);
    await ear.until(
      () => ear.words.includes("listening") || ear.error !== undefined,
      "the listener",
    );
    if (ear.error) {
      ear.closed = true;
      throw ear.error;
    }
    return ear;
  }

  /** Why binding fails. */
  listenError(target: ListenTarget): Promise<SystemError> {
    return this.listen(target).then(
      () => {
        throw new Error("listening, where an error was expected");
      },
      (error: SystemError) => error,
    );
  }

  attempt(target: ConnectTarget, handlers?: Handlers): Trial {
    const log = new Log();
    let outcome: Probe | SystemError | undefined;
    const come = (name: string, value: Probe | SystemError) => {
      if (outcome) this.blame(`${name} after the attempt was over`);
      outcome = value;
      log.add(name);
    };
    let attempt: ConnectAttempt = { abort() {}, ref() {}, unref() {} };
    try {
      attempt = this.call(() =>
        this.adapter.connect(target, {
          onBound: () => {
            this.hear("onBound");
            if (log.words.length > 0) this.blame("onBound late, or twice");
            if (
              target.kind === "pipe" ||
              !(target.localAddress || target.localPort)
            ) {
              this.blame("onBound without a source address");
            }
            log.add("bound");
          },
          onConnect: (connection) => {
            this.hear("onConnect");
            come("connect", this.probe(connection, handlers));
          },
          onError: (error) => {
            this.hear("onError");
            come("error", error as SystemError);
          },
        })
      );
    } catch (error) {
      come("error", error as SystemError);
    }
    return {
      attempt,
      words: log.words,
      get outcome() {
        return log.until(() => outcome !== undefined, "an outcome")
          .then(() => outcome!);
      },
    };
  }

  async connect(target: ConnectTarget, handlers?: Handlers): Promise<Probe> {
    const outcome = await this.attempt(target, handlers).outcome;
    if (outcome instanceof Probe) return outcome;
    throw outcome;
  }

  /** Why connecting fails. */
  async connectError(target: ConnectTarget): Promise<SystemError> {
    const outcome = await this.attempt(target).outcome;
    if (outcome instanceof Probe) {
      throw new Error("connected, where an error was expected");
    }
    return outcome;
  }

  /** Both ends of a new connection, and the listener it came through. */
  async pair(
    kind: Kind,
    handlers: { client?: Handlers; server?: Handlers } = {},
  ): Promise<{ client: Probe; server: Probe; ear: Ear }> {
    const ear = await this.listen(listenOn(kind), handlers.server);
    const client = await this.connect(ear.reach(), handlers.client);
    await ear.until(() => ear.accepted.length > 0, "onConnection");
    return { client, server: ear.accepted[0]!, ear };
  }

  /** Close what is open; every connection must say that it is closed. */
  async end(): Promise<void> {
    for (const ear of this.#ears) if (!ear.closed) ear.close();
    await Promise.all(
      this.#probes.map((probe) =>
        probe.closing ? probe.saw("close") : probe.close()
      ),
    );
  }
}

/** Time for what must not come to come. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => setImmediate(resolve), QUIET_MS);
  });
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
