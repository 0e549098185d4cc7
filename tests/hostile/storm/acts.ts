/**
 * What a script does to a socket, and when.
 *
 * @module
 */
import type { Random } from "../random.ts";
import type { Watch } from "./watch.ts";

/** Thrown on purpose. */
export const THROWN = "thrown by the storm";

/** Acts of a listener that throws: after the other listeners, or before. */
const THROWS: ReadonlySet<string> = new Set(["throw", "throw first"]);

/** When something is done, besides at events. */
const TIMES = ["at once", "microtask", "tick", "turn", "later turn", "timer"];

/** Events at which something is done. */
const CLIENT_EVENTS: readonly string[] = [
  ...["connectionAttempt", "connectionAttemptFailed", "lookup", "connect"],
  ...["ready", "data", "readable", "drain", "timeout"],
  ...["end", "finish", "error", "close"],
];
const PEER_EVENTS: readonly string[] = [
  ...["data", "readable", "drain", "timeout", "end", "finish", "error"],
  "close",
];

/** One thing that a script does. */
export interface Act {
  /** An event, or one of the times. */
  readonly when: string;
  readonly what: string;
  /** A size, a number of turns or of milliseconds. */
  readonly amount: number;
}

/** How often each comes, compared to the others. */
const WEIGHTS: Readonly<Record<string, number>> = {
  "write": 6,
  "write much": 2,
  "write corked": 2,
  "end": 4,
  "end with data": 3,
  "destroy": 3,
  "destroy with an error": 2,
  "destroySoon": 2,
  "reset": 3,
  "abort": 1,
  "pause": 2,
  "resume": 3,
  "read": 1,
  "set a timeout": 2,
  "set options": 2,
  "unref": 1,
  "ref": 1,
  "throw": 3,
  "throw first": 2,
  "write and throw": 2,
  "end and throw": 1,
  "reconnect": 2,
};
const WHATS: readonly string[] = Object.entries(WEIGHTS)
  .flatMap(([what, weight]) => Array<string>(weight).fill(what));

/** A script for one end of a connection. */
export function script(random: Random, end: "client" | "peer"): Act[] {
  const events = end === "client" ? CLIENT_EVENTS : PEER_EVENTS;
  return Array.from({ length: random.below(7) }, () => {
    const isEvent = random.oneIn(2);
    const what = random.pick(WHATS);
    return {
      // Only what the package calls may throw.
      when: random.pick(isEvent || THROWS.has(what) ? events : TIMES),
      // A socket connects again when it is closed.
      what: what === "reconnect" ? "reset" : what,
      amount: random.below(16),
    };
  }).concat(
    end === "client" && random.oneIn(6)
      ? [{ when: "close", what: "reconnect", amount: 0 }]
      : [],
  );
}

/** What acts need besides the socket. */
export interface Stage {
  /** Aborts the socket, if it has a signal. */
  readonly controller: AbortController | undefined;
  readonly isPipe: boolean;
  /** Throws, and counts that. */
  fail(place: string): never;
  reconnect(): void;
}

/** Do one thing. */
export function perform(
  { what, amount, when }: Act,
  watch: Watch,
  stage: Stage,
): void {
  const { socket } = watch;
  watch.did(`${what}(${when})`);
  switch (what) {
    case "write":
      return watch.write(amount * 100 + 1);
    case "write much":
      return watch.write(65_536 * (amount + 1));
    case "write corked":
      socket.cork();
      watch.write(1);
      watch.write(amount * 1000 + 1);
      return void process.nextTick(() => socket.uncork());
    case "end":
      return watch.end(0);
    case "end with data":
      return watch.end(amount * 1000 + 1);
    case "destroy":
      return void socket.destroy();
    case "destroy with an error":
      return void socket.destroy(
        Object.assign(new Error("destroyed"), { code: "STORM" }),
      );
    case "destroySoon":
      return socket.destroySoon();
    case "reset":
      if (stage.isPipe) return void socket.destroy();
      watch.isReset = true;
      return void socket.resetAndDestroy();
    case "abort":
      return stage.controller?.abort();
    case "pause":
      return void socket.pause();
    case "resume":
      return void socket.resume();
    case "read":
      return void socket.read();
    case "set a timeout":
      // Half of them are still on when the socket closes.
      return void socket.setTimeout(amount % 2 === 0 ? amount : 600_000);
    case "set options":
      socket.setNoDelay(amount % 2 === 0);
      return void socket.setKeepAlive(true, 1000 * amount);
    case "unref":
      watch.references++;
      return void socket.unref();
    case "ref":
      watch.references++;
      return void socket.ref();
    case "throw":
      return stage.fail(`'${when}'`);
    case "throw first":
      return stage.fail(`'${when}' first`);
    case "write and throw":
      return watch.write(amount * 100 + 1, () => stage.fail("write"));
    case "end and throw":
      return watch.end(amount * 1000 + 1, () => stage.fail("end"));
    case "reconnect":
      return stage.reconnect();
  }
}

/** Do at their time those that wait for no event. */
export function startTimes(
  acts: readonly Act[],
  watch: Watch,
  stage: Stage,
): void {
  for (const act of acts) {
    const run = () => perform(act, watch, stage);
    switch (act.when) {
      case "at once":
        run();
        break;
      case "microtask":
        queueMicrotask(run);
        break;
      case "tick":
        process.nextTick(run);
        break;
      case "turn":
        setImmediate(run);
        break;
      case "later turn":
        afterTurns(act.amount, run);
        break;
      case "timer":
        setTimeout(run, act.amount);
    }
  }
}

function afterTurns(turns: number, run: () => void): void {
  setImmediate(() => turns === 0 ? run() : afterTurns(turns - 1, run));
}
