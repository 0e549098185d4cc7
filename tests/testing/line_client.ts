/**
 * A small client of a protocol of lines, with one mistake planted at a time:
 * what `explore` has to find. Without one it survives every fault.
 *
 * @module
 */
import type { Host, SimulatedSocket } from "../../testing/mod.ts";

/** The mistakes. */
export type Mistake =
  | "takes a read for a message"
  | "does not reconnect after a RST"
  | "loses the write that was under way"
  | "hangs on a half-open connection"
  | "leaks a timer";

/** All of them. */
export const MISTAKES: readonly Mistake[] = [
  "takes a read for a message",
  "does not reconnect after a RST",
  "loses the write that was under way",
  "hangs on a half-open connection",
  "leaks a timer",
];

/** Milliseconds that a reply may take. */
const PATIENCE = 20_000;
/** Milliseconds before the next attempt. */
const PAUSE = 500;

/** Answers `double 4` with `double 4 is 8`, once more if it is asked again. */
export function serve(host: Host, port: number): { close(): void } {
  const sockets = new Set<SimulatedSocket>();
  const server = host.net.createServer((socket) => {
    sockets.add(socket);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      const lines = `${text}${chunk}`.split("\n");
      text = lines.pop()!;
      for (const line of lines) {
        const [, number] = line.split(" ");
        socket.write(`${line} is ${Number(number) * 2}\n`);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("error", () => {});
  server.listen(port);
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks for the double of numbers, one after the other. */
export class DoublingClient {
  readonly #connect: () => SimulatedSocket;
  readonly #mistake: Mistake | undefined;
  #socket: SimulatedSocket | undefined;
  #request: { line: string; resolve: (reply: string) => void } | undefined;
  #text = "";
  #limit: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(connect: () => SimulatedSocket, mistake?: Mistake) {
    this.#connect = connect;
    this.#mistake = mistake;
    this.#open();
  }

  /** What the server says about a number. */
  double(number: number): Promise<string> {
    return new Promise((resolve) => {
      this.#request = { line: `double ${number}`, resolve };
      if (this.#socket) this.#send();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#limit);
    clearTimeout(this.#again);
    this.#socket?.destroy();
  }

  #open(): void {
    const socket = this.#socket = this.#connect();
    this.#text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => this.#read(String(chunk)));
    let wasReset = false;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      wasReset = error.code === "ECONNRESET";
    });
    socket.on("close", () => {
      this.#socket = undefined;
      clearTimeout(this.#limit);
      if (this.#closed) return;
      const gone = this.#mistake === "does not reconnect after a RST";
      if (wasReset && gone) return;
      this.#again = setTimeout(() => this.#open(), PAUSE);
    });
    const forgets = this.#mistake === "loses the write that was under way";
    if (this.#request && !forgets) this.#send();
  }

  #send(): void {
    this.#socket!.write(`${this.#request!.line}\n`);
    if (this.#mistake === "hangs on a half-open connection") return;
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#socket?.destroy(), PATIENCE);
  }

  #read(chunk: string): void {
    if (this.#mistake === "takes a read for a message") this.#text = "";
    this.#text += chunk;
    const end = this.#mistake === "takes a read for a message"
      ? this.#text.length
      : this.#text.indexOf("\n");
    if (end < 0 || !this.#request) return;
    const reply = this.#text.slice(0, end).trimEnd();
    this.#text = this.#text.slice(end + 1);
    const { resolve } = this.#request;
    this.#request = undefined;
    if (this.#mistake !== "leaks a timer") clearTimeout(this.#limit);
    else this.#limit = undefined;
    resolve(reply);
  }
}
