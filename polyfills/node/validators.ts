/**
 * Argument checks. Each throws the error that Node throws for the same value.
 *
 * @module
 */
import {
  invalidArgType,
  invalidArgValue,
  outOfRange,
  socketBadPort,
} from "./errors.ts";

/** Throws `ERR_INVALID_ARG_TYPE` unless `value` is a boolean. */
export function validateBoolean(
  value: unknown,
  name: string,
): asserts value is boolean {
  if (typeof value !== "boolean") throw invalidArgType(name, "boolean", value);
}

/** Throws `ERR_INVALID_ARG_TYPE` unless `value` is a function. */
export function validateFunction(
  value: unknown,
  name: string,
): asserts value is (...args: never[]) => unknown {
  if (typeof value !== "function") {
    throw invalidArgType(name, "Function", value);
  }
}

/** Throws `ERR_INVALID_ARG_TYPE` unless `value` is a string. */
export function validateString(
  value: unknown,
  name: string,
): asserts value is string {
  if (typeof value !== "string") throw invalidArgType(name, "string", value);
}

/**
 * Throws `ERR_INVALID_ARG_TYPE` unless `value` is a string, and
 * `ERR_INVALID_ARG_VALUE` if it contains a NUL.
 */
export function validateStringWithoutNullBytes(
  value: unknown,
  name: string,
): asserts value is string {
  validateString(value, name);
  if (value.includes("\0")) {
    throw invalidArgValue(name, value, "must be a string without null bytes");
  }
}

/**
 * Throws `ERR_INVALID_ARG_TYPE` unless `value` is a number, and
 * `ERR_OUT_OF_RANGE` unless it is from `min` to `max`.
 */
export function validateNumber(
  value: unknown,
  name: string,
  min?: number,
  max?: number,
): asserts value is number {
  if (typeof value !== "number") throw invalidArgType(name, "number", value);
  const low = min !== undefined && value < min;
  const high = max !== undefined && value > max;
  const bounded = min !== undefined || max !== undefined;
  if (low || high || (bounded && Number.isNaN(value))) {
    const range = [
      ...(min === undefined ? [] : [`>= ${min}`]),
      ...(max === undefined ? [] : [`<= ${max}`]),
    ];
    throw outOfRange(name, range.join(" && "), value);
  }
}

/**
 * Throws `ERR_INVALID_ARG_TYPE` unless `value` is a number, and
 * `ERR_OUT_OF_RANGE` unless it is an integer from `min` to `max`.
 */
export function validateInt32(
  value: unknown,
  name: string,
  min = -2147483648,
  max = 2147483647,
): asserts value is number {
  validateInteger(value, name, min, max);
}

/** As {@linkcode validateInt32}, for unsigned 32-bit integers. */
export function validateUint32(
  value: unknown,
  name: string,
): asserts value is number {
  validateInteger(value, name, 0, 4294967295);
}

function validateInteger(
  value: unknown,
  name: string,
  min: number,
  max: number,
): asserts value is number {
  if (typeof value !== "number") throw invalidArgType(name, "number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < min || value > max) {
    throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  }
}

/** Throws `ERR_INVALID_ARG_TYPE` unless `value` is an object and no array. */
export function validateObject(
  value: unknown,
  name: string,
): asserts value is object {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw invalidArgType(name, "Object", value);
  }
}

/** Throws `ERR_INVALID_ARG_TYPE` unless `value` has what makes an `AbortSignal`. */
export function validateAbortSignal(
  value: unknown,
  name: string,
): asserts value is AbortSignal {
  if (value === null || typeof value !== "object" || !("aborted" in value)) {
    throw invalidArgType(name, "AbortSignal", value);
  }
}

/**
 * Convert a port, a number or a numeric string, to a number.
 *
 * @param port The value to convert.
 * @param name The argument's name, for errors.
 * @param allowZero Whether 0 is a valid port.
 * @throws {RangeError} `ERR_SOCKET_BAD_PORT` for anything but 0 to 65535.
 */
export function validatePort(
  port: unknown,
  name = "Port",
  allowZero = true,
): number {
  const isText = typeof port === "string" && port.trim().length > 0;
  const number = Number(port);
  if (
    (typeof port !== "number" && !isText) || number !== number >>> 0 ||
    number > 65535 || (number === 0 && !allowZero)
  ) {
    throw socketBadPort(name, port, allowZero);
  }
  return number;
}
