/**
 * Every error of the shared layer in one place, with the class, code and message
 * that Node gives it. System errors such as `ECONNREFUSED` are made in
 * `runtime/errors.ts`.
 *
 * @module
 */
import { builtin } from "../../runtime/builtins.ts";

/** An error with one of Node's `ERR_*` codes. */
export type CodedError<T extends Error = Error> = T & { code: string };

/**
 * Give an error its code, and Node's way of printing it:
 * `TypeError [ERR_X]: message` at the head of the stack.
 */
function coded<T extends Error>(error: T, code: string): CodedError<T> {
  const { name } = error;
  Object.defineProperty(error, "name", {
    value: `${name} [${code}]`,
    configurable: true,
    writable: true,
  });
  // The first line of the stack contains the name. Some engines write it only
  // when `stack` is read for the first time.
  void error.stack;
  Reflect.deleteProperty(error, "name");
  Object.defineProperty(error, "toString", {
    value(this: Error): string {
      return `${this.name} [${code}]: ${this.message}`;
    },
    configurable: true,
    enumerable: false,
    writable: true,
  });
  return Object.assign(error, { code });
}

/** The end of a message that says which value was received. */
function received(value: unknown): string {
  if (value == null) return ` Received ${value}`;
  if (typeof value === "function") return ` Received function ${value.name}`;
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name
      ? ` Received an instance of ${name}`
      : ` Received ${builtin("node:util").inspect(value, { depth: -1 })}`;
  }
  let text = builtin("node:util").inspect(value, { colors: false });
  if (text.length > 28) text = `${text.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${text})`;
}

/** Joins words: `a`, `a or b`, `a, b, or c`. */
function either(words: readonly string[]): string {
  if (words.length < 3) return words.join(" or ");
  return `${words.slice(0, -1).join(", ")}, or ${words.at(-1)}`;
}

/** The expected types before which a message says "of type". */
const PRIMITIVES: ReadonlySet<string> = new Set([
  "string",
  "function",
  "number",
  "object",
  "Function",
  "Object",
  "boolean",
  "bigint",
  "symbol",
]);

/** An argument or an option (`options.port`) has a wrong type. */
export function invalidArgType(
  name: string,
  expected: string | readonly string[],
  value: unknown,
): CodedError<TypeError> {
  const types: string[] = [];
  const classes: string[] = [];
  const others: string[] = [];
  for (const word of typeof expected === "string" ? [expected] : expected) {
    if (PRIMITIVES.has(word)) types.push(word.toLowerCase());
    else if (/^[A-Z][A-Za-z0-9]*$/.test(word)) classes.push(word);
    else others.push(word);
  }
  const parts: string[] = [];
  if (types.length > 0) {
    parts.push(
      `${types.length > 1 ? "one of type" : "of type"} ${either(types)}`,
    );
  }
  if (classes.length > 0) parts.push(`an instance of ${either(classes)}`);
  if (others.length > 0) {
    const article = others[0] !== others[0]!.toLowerCase() ? "an " : "";
    parts.push(
      others.length > 1 ? `one of ${either(others)}` : `${article}${others[0]}`,
    );
  }
  const what = name.includes(".") ? "property" : "argument";
  const subject = name.endsWith(" argument")
    ? `The ${name}`
    : `The "${name}" ${what}`;
  return coded(
    new TypeError(
      `${subject} must be ${parts.join(" or ")}.${received(value)}`,
    ),
    "ERR_INVALID_ARG_TYPE",
  );
}

/** An argument or an option has the right type but an invalid value. */
export function invalidArgValue(
  name: string,
  value: unknown,
  reason = "is invalid",
): CodedError<TypeError> {
  let text = builtin("node:util").inspect(value);
  if (text.length > 128) text = `${text.slice(0, 128)}...`;
  const what = name.includes(".") ? "property" : "argument";
  return coded(
    new TypeError(`The ${what} '${name}' ${reason}. Received ${text}`),
    "ERR_INVALID_ARG_VALUE",
  );
}

/** A number is outside its range. */
export function outOfRange(
  name: string,
  range: string,
  value: unknown,
): CodedError<RangeError> {
  let text: string;
  if (Number.isInteger(value) && Math.abs(value as number) > 2 ** 32) {
    text = withUnderscores(String(value));
  } else if (typeof value === "bigint") {
    const large = value > 2n ** 32n || value < -(2n ** 32n);
    text = `${large ? withUnderscores(String(value)) : value}n`;
  } else {
    text = builtin("node:util").inspect(value);
  }
  return coded(
    new RangeError(
      `The value of "${name}" is out of range. It must be ${range}. Received ${text}`,
    ),
    "ERR_OUT_OF_RANGE",
  );
}

/** Writes `1234567` as `1_234_567`. */
function withUnderscores(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, "_");
}

/** Required arguments are missing. */
export function missingArgs(
  ...names: (string | readonly string[])[]
): CodedError<TypeError> {
  const words = names.map((name) =>
    typeof name === "string"
      ? `"${name}"`
      : name.map((choice) => `"${choice}"`).join(" or ")
  );
  const list = words.length < 3
    ? words.join(" and ")
    : `${words.slice(0, -1).join(", ")}, and ${words.at(-1)}`;
  return coded(
    new TypeError(
      `The ${list} argument${words.length > 1 ? "s" : ""} must be specified`,
    ),
    "ERR_MISSING_ARGS",
  );
}

/** A port is outside 0 to 65535, or is no number. */
export function socketBadPort(
  name: string,
  port: unknown,
  allowZero: boolean,
): CodedError<RangeError> {
  return coded(
    new RangeError(
      `${name} should be ${allowZero ? ">=" : ">"} 0 and < 65536.${
        received(port)
      }.`,
    ),
    "ERR_SOCKET_BAD_PORT",
  );
}

/** A signal aborted an operation. */
export function abortError(reason: unknown): CodedError {
  const error = new Error("The operation was aborted", { cause: reason });
  return Object.assign(error, { code: "ABORT_ERR", name: "AbortError" });
}

/** The socket was closed before this call. */
export function socketClosed(): CodedError {
  return coded(new Error("Socket is closed"), "ERR_SOCKET_CLOSED");
}

/** The socket was closed before it was connected. */
export function socketClosedBeforeConnection(): CodedError {
  return coded(
    new Error("Socket closed before the connection was established"),
    "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
  );
}

/** Connecting to each address of a host timed out. */
export function socketConnectionTimeout(): CodedError {
  return coded(
    new Error("Socket connection timeout"),
    "ERR_SOCKET_CONNECTION_TIMEOUT",
  );
}

/** `listen` was called on a server that is listening. */
export function serverAlreadyListen(): CodedError {
  return coded(
    new Error(
      "Listen method has been called more than once without closing.",
    ),
    "ERR_SERVER_ALREADY_LISTEN",
  );
}

/** `close` was called on a server that is not listening. */
export function serverNotRunning(): CodedError {
  return coded(new Error("Server is not running."), "ERR_SERVER_NOT_RUNNING");
}

/** A bound socket was used up or closed before. */
export function socketHandleAdopted(): CodedError {
  return coded(
    new Error(
      "The bound socket has already been adopted by a server or socket",
    ),
    "ERR_SOCKET_HANDLE_ADOPTED",
  );
}

/** An option that must be an IP address is none. */
export function invalidIpAddress(address: unknown): CodedError<TypeError> {
  return coded(
    new TypeError(`Invalid IP address: ${address}`),
    "ERR_INVALID_IP_ADDRESS",
  );
}

/** A lookup returned a family that is neither 4 nor 6. */
export function invalidAddressFamily(
  family: unknown,
  host: string | undefined,
  port: number | string | undefined,
): CodedError<RangeError> {
  const error = coded(
    new RangeError(`Invalid address family: ${family} ${host}:${port}`),
    "ERR_INVALID_ADDRESS_FAMILY",
  );
  return Object.assign(error, { host, port });
}

/** A `SocketAddress` or a rule of a block list was given no valid address. */
export function invalidAddress(): CodedError {
  return coded(new Error("Invalid socket address"), "ERR_INVALID_ADDRESS");
}

/** A block list forbids to connect to an address. */
export function ipBlocked(address: string): CodedError {
  return coded(
    new Error(`IP(${address}) is blocked by net.BlockList`),
    "ERR_IP_BLOCKED",
  );
}

/** An operation is not available for this kind of socket. */
export function invalidHandleType(): CodedError<TypeError> {
  return coded(
    new TypeError("This handle type cannot be sent"),
    "ERR_INVALID_HANDLE_TYPE",
  );
}

/** `write` was called after the peer's FIN ended the socket. */
export function endedByPeer(): CodedError {
  const error = new Error("This socket has been ended by the other party");
  return Object.assign(error, { code: "EPIPE" });
}

/** Connecting to each address of a host failed; `errors` says why. */
export function connectionsFailed(
  errors: readonly Error[],
): CodedError<AggregateError> {
  const error = new AggregateError(errors) as CodedError<AggregateError>;
  const { code } = errors[0] as { code?: string };
  return Object.assign(error, { code: code! });
}
