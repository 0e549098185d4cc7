/**
 * What a program may do to a socket, and what may happen to it, one operation
 * after the other, with a log of all that can be seen.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import type { Socket } from "../../../mod.ts";
import { type Fate, ScriptedConnection } from "./scripted_connection.ts";

/** Small, so that a few writes reach it. */
export const HIGH_WATER_MARK = 16;

type Step = (world: World) => void;

/** One operation, with a name for the report of a failure. */
interface Operation {
  readonly name: string;
  readonly step: Step;
}

/** Some operations of one turn of the event loop. */
export type Script = readonly (readonly Operation[])[];

class World {
  readonly lines: string[] = [];
  readonly connection: ScriptedConnection = new ScriptedConnection((line) =>
    this.log(line)
  );
  readonly socket: Socket;
  readonly listener: (data: unknown) => void;
  /** What the next `'data'` listener does. */
  inside: Operation | undefined;
  #destinations: Writable[] = [];
  #held: (() => void)[] = [];
  #writes = 0;
  #hasThrown = false;

  constructor(make: (handle: ScriptedConnection) => Socket) {
    this.socket = make(this.connection);
    this.listener = (data) => this.#onData(data);
    for (
      const name of ["end", "drain", "finish", "close", "pause", "resume"]
    ) {
      this.socket.on(name, (...args) => this.log(`${name} ${inspect(args)}`));
    }
    this.socket.on("error", ({ message }) => this.log(`error ${message}`));
  }

  log(line: string): void {
    this.lines.push(line);
  }

  #onData(data: unknown): void {
    this.log(`data ${inspect(data)}`);
    this.snapshot();
    const { inside } = this;
    this.inside = undefined;
    if (inside) this.do(inside);
  }

  do({ name, step }: Operation): void {
    this.log(`- ${name}`);
    step(this);
    this.snapshot();
  }

  write(data: Uint8Array | string, encoding?: string, reports = false): void {
    const write = ++this.#writes;
    const report = (error?: Error | null) =>
      this.log(`written ${write} ${error?.message ?? ""}`);
    const args = [
      data,
      ...encoding ? [encoding] : [],
      ...reports ? [report] : [],
    ];
    this.log(`returns ${this.socket.write(...args as [string])}`);
  }

  /** A destination that holds each chunk until {@linkcode release}. */
  pipe(): void {
    const name = this.#destinations.length;
    const destination = new Writable({
      highWaterMark: 1,
      write: (chunk, _encoding, done) => {
        this.log(`piped ${name} ${chunk}`);
        this.#held.push(done);
      },
    });
    this.#destinations.push(destination);
    this.socket.pipe(destination);
  }

  /** Throw, where that does not end the script. */
  throw(): void {
    if (!this.connection.isReporting) return;
    this.#hasThrown = true;
    throw new Error("thrown");
  }

  release(): void {
    this.#held.shift()?.();
  }

  /** What a program can ask for, between two operations. */
  snapshot(): void {
    const s = this.socket;
    this.log(inspect([
      [s.readableFlowing, s.readableLength, s.readableDidRead, s.bytesRead],
      [s.readableEncoding, s.readableEnded, s.readable, s.isPaused()],
      [s.writableLength, s.writableNeedDrain, s.writableCorked, s.bytesWritten],
      [s.writable, s.writableEnded, s.writableFinished, s.bufferSize],
      [s.readyState, s.destroyed, s.closed, s.errored?.message],
    ], { breakLength: Infinity }));
  }

  /** What the two streams note of themselves. */
  showStates(): void {
    const { _readableState, _writableState } = this.socket as unknown as Record<
      string,
      object
    >;
    for (const state of [_readableState, _writableState]) {
      const notes = notesOf(state!);
      // Whether it reads is noted at once on the direct way, otherwise in the
      // next tick. Until then the script may change it; nobody can tell.
      const isFull = this.socket.readableLength >= HIGH_WATER_MARK;
      if (notes.destroyed || isFull || this.#hasThrown) delete notes.reading;
      this.log(inspect(notes, { breakLength: Infinity }));
    }
  }
}

/** The properties of a state: some runtimes have bits with accessors. */
function notesOf(state: object): Record<string, unknown> {
  const names = [
    ...Object.keys(state),
    ...Object.getOwnPropertyNames(Object.getPrototypeOf(state)),
  ];
  return Object.fromEntries(
    names.map((name) => {
      const value: unknown = Reflect.get(state, name);
      return [name, value instanceof Error ? value.message : value];
    }),
  );
}

/**
 * Run a script on a socket.
 *
 * @returns All that was seen.
 */
export async function run(
  script: Script,
  make: (handle: ScriptedConnection) => Socket,
): Promise<string[]> {
  const world = new World(make);
  for (const operations of script) {
    for (const operation of operations) world.do(operation);
    await turn();
    await turn();
    world.log("-- turn");
    world.snapshot();
    world.showStates();
  }
  world.socket.destroy();
  await turn();
  await turn();
  return world.lines;
}

const operation = (name: string, step: Step): Operation => ({ name, step });

const sizes = fc.constantFrom(1, 2, 3, 7, HIGH_WATER_MARK, 40);
const bytes = sizes.map((size) => Buffer.alloc(size, "aé€"));
const texts = fc.constantFrom("a", "é", "€uro", "", "0123456789abcdefg");

const arrivals = bytes.map((data) =>
  operation(`arrives ${data.length}`, (w) => w.connection.arrive(data))
);

const writes = fc.record({
  data: fc.oneof(bytes, texts),
  encoding: fc.constantFrom(undefined, undefined, "utf8", "latin1", "hex"),
  reports: fc.boolean(),
}).map(({ data, encoding, reports }) =>
  operation(
    `write ${inspect(data)} ${encoding} ${reports}`,
    (w) => w.write(data, encoding, reports),
  )
);

const fates = fc.constantFrom<Fate>("taken", "waits", "waits", "fails")
  .map((fate) =>
    operation(`next ${fate}`, (w) => w.connection.fates.push(fate))
  );

const listen = operation("on data", (w) => w.socket.on("data", w.listener));

const common = fc.constantFrom(
  listen,
  operation("once data", (w) => w.socket.once("data", w.listener)),
  operation("off data", (w) => w.socket.off("data", w.listener)),
  operation("pause", (w) => w.socket.pause()),
  operation("resume", (w) => w.socket.resume()),
  operation("read", (w) => w.log(inspect(w.socket.read()))),
  operation("read 2", (w) => w.log(inspect(w.socket.read(2)))),
  operation("cork", (w) => w.socket.cork()),
  operation("uncork", (w) => w.socket.uncork()),
  operation("drains", (w) => w.connection.drain()),
  operation("releases", (w) => w.release()),
  operation("pipe", (w) => w.pipe()),
  operation("unpipe", (w) => w.socket.unpipe()),
);

const rare = fc.constantFrom(
  operation(
    "on readable",
    (w) =>
      w.socket.on(
        "readable",
        () => w.log(`readable ${inspect(w.socket.read())}`),
      ),
  ),
  operation("off readable", (w) => w.socket.removeAllListeners("readable")),
  operation("setEncoding utf8", (w) => w.socket.setEncoding("utf8")),
  operation("setEncoding hex", (w) => w.socket.setEncoding("hex")),
  operation(
    "setDefaultEncoding latin1",
    (w) => w.socket.setDefaultEncoding("latin1"),
  ),
  operation("unshift 1", (w) => w.socket.unshift(Buffer.from("u"))),
  operation("unshift 20", (w) => w.socket.unshift(Buffer.alloc(20, "u"))),
  operation("throw", (w) => w.throw()),
  operation("end", (w) => w.socket.end(() => w.log("ended"))),
  operation("end with text", (w) => w.socket.end("last")),
  operation("destroySoon", (w) => w.socket.destroySoon()),
  operation("destroy", (w) => w.socket.destroy()),
  operation(
    "destroy with an error",
    (w) => w.socket.destroy(new Error("mine")),
  ),
  operation("peer ends", (w) => w.connection.arrive("end")),
  operation("peer resets", (w) => w.connection.arrive(new Error("reset"))),
  operation("write fails", (w) => w.connection.drain(new Error("late"))),
);

const operations = fc.oneof(
  { weight: 6, arbitrary: arrivals },
  { weight: 6, arbitrary: writes },
  { weight: 2, arbitrary: fates },
  { weight: 5, arbitrary: common },
  { weight: 1, arbitrary: rare },
);

/** One that is done within the next `'data'` listener. */
const nested = operations.map((inner) =>
  operation(`inside: ${inner.name}`, (w) => w.inside = inner)
);

const turns = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: operations },
    { weight: 1, arbitrary: nested },
  ),
  { minLength: 1, maxLength: 4 },
);

/** Scripts, most of which begin with a listener, since that is the usual. */
export const scripts: fc.Arbitrary<Script> = fc.tuple(
  fc.constantFrom<Script>([[listen]], [[listen]], []),
  fc.array(turns, { minLength: 1, maxLength: 12 }),
).map(([first, rest]) => [...first, ...rest]);
