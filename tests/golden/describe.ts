/**
 * How a trace words what it saw: one line of text for an argument, an error,
 * the state of a socket. Whatever differs from run to run or from machine to
 * machine (ports, paths, the number behind an errno) gets a fixed name.
 *
 * @module
 */
import { ADDRCONFIG } from "node:dns";
import type { Server, Socket } from "node:net";
import { systemErrorMap } from "../../runtime/errors.ts";
import { isBunBefore } from "../helpers/runtime.ts";

/** Ports and paths that a scenario used, each with the name to show. */
export class Masks {
  readonly #ports = new Map<number, string>();
  readonly #paths = new Map<string, string>();

  /** Show `port` as `name`. */
  port(port: number, name: string): void {
    this.#ports.set(port, name);
  }

  /** Show `path` as `name`, also within messages. */
  path(path: string, name: string): void {
    this.#paths.set(path, name);
  }

  /** A number: a known port by its name. */
  number(value: number, isPort: boolean): string {
    const name = this.#ports.get(value);
    if (name !== undefined) return name;
    return isPort && value > 1023 ? "<port>" : String(value);
  }

  /** A text: known paths and every `:port` by their names. */
  text(value: string): string {
    // The kernel chooses where an attempt starts from, and not every runtime
    // reports it before the connection is established.
    let text = value.replace(
      / - Local \(\S+:(\d+)\)/,
      (words, port: string) =>
        port === "0" || this.#ports.has(Number(port)) ? words : "",
    );
    for (const [path, name] of this.#paths) text = text.replaceAll(path, name);
    return text.replace(
      /(?<=\S):(\d{4,5})(?!\d)/g,
      (_, port: string) => `:${this.#ports.get(Number(port)) ?? "<port>"}`,
    );
  }
}

const FLAGS = [
  "connecting",
  "pending",
  "destroyed",
  "readable",
  "writable",
  "readableEnded",
  "writableEnded",
  "writableFinished",
] as const;

/** The state of a socket as a handler of its events sees it. */
export function socketState(socket: Socket, counts: boolean): string {
  const words: string[] = [
    socket.readyState,
    ...FLAGS.filter((flag) => socket[flag]),
  ];
  if (counts) {
    words.push(`in=${socket.bytesRead}`, `out=${socket.bytesWritten}`);
  }
  return `[${words.join(" ")}]`;
}

/** The state of a server as a handler of its events sees it. */
export function serverState(server: Server): string {
  const bound = server.address() === null ? "unbound" : "bound";
  return `[${server.listening ? "listening" : "not listening"} ${bound}]`;
}

const ERROR_FIELDS = [
  "code",
  "errno",
  "syscall",
  "address",
  "port",
  "localAddress",
  "localPort",
  "host",
  "hostname",
] as const;

/** `-ECONNREFUSED` where the number is this platform's for the code. */
function errnoName(errno: unknown, code: unknown): string {
  const [name] = systemErrorMap().get(errno as number) ?? [];
  return typeof code === "string" && name === code ? `-${code}` : String(errno);
}

/** Bun's streams before 1.4 have two errors in words of their own. */
const oldWording = isBunBefore("1.4.0");

/** The message as Node's streams word it. */
function reworded(message: string): string {
  return message
    .replace(/(The operation was aborted)\.$/, "$1")
    .replace("string, Buffer, Typed", "string or an instance of Buffer, Typed")
    .replace(/(DataView\. Received )(?=Object$)/, "$1an instance of ");
}

/** An error, with every field that Node sets on one. */
export function describeError(error: Error, masks: Masks): string {
  // The default reason of `abort()` and its message are the platform's.
  if (error instanceof DOMException) return `(${error.name})`;
  const fields = error as Error & Record<string, unknown>;
  const parts: string[] = [error.name];
  for (const key of ERROR_FIELDS) {
    const value = fields[key];
    if (value === undefined) continue;
    parts.push(
      key === "errno"
        ? `errno=${errnoName(value, fields["code"])}`
        : `${key}=${describe(value, masks, key)}`,
    );
  }
  const message = oldWording ? reworded(error.message) : error.message;
  parts.push(`message=${JSON.stringify(masks.text(message))}`);
  // A system error may have the runtime's own error as its cause. Node's have
  // none, so it is left out here.
  if (error.cause !== undefined && fields["errno"] === undefined) {
    parts.push(`cause=${describe(error.cause, masks)}`);
  }
  if (error instanceof AggregateError) {
    const errors = error.errors.map((e: unknown) => describe(e, masks));
    parts.push(`errors=[${errors.join(", ")}]`);
  }
  return `(${parts.join(" ")})`;
}

/** Bytes or text: how much, and its beginning. */
export function describeData(data: Uint8Array | string): string {
  const kind = typeof data === "string" ? "text" : "bytes";
  const text = typeof data === "string"
    ? data
    : new TextDecoder().decode(data.subarray(0, 64));
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return `${kind}(${data.length}) ${JSON.stringify(shown)}`;
}

/** Any argument, in one line. `key` is the name it goes by, if it has one. */
export function describe(value: unknown, masks: Masks, key = ""): string {
  if (key === "hints" && value === ADDRCONFIG) return "ADDRCONFIG";
  if (typeof value === "number") return masks.number(value, /port$/i.test(key));
  if (typeof value === "string") {
    return value.length > 200
      ? describeData(value)
      : JSON.stringify(masks.text(value));
  }
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return describeError(value, masks);
  if (value instanceof Uint8Array) return describeData(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => describe(item, masks)).join(", ")}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    return value.constructor.name;
  }
  const fields = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, item]) => `${name}: ${describe(item, masks, name)}`);
  return `{ ${fields.join(", ")} }`;
}
