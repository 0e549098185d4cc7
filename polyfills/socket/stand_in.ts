/**
 * What `socket._handle` is where there is no native handle: the object of the
 * adapter, with what the runtime's modules call on any handle.
 *
 * @module
 */
import { ROOT_ASYNC_ID } from "../../runtime/defaults.ts";

/** `http` asks for it when an agent keeps a connection. */
const asyncId = { value: () => ROOT_ASYNC_ID, configurable: true };

/**
 * Let an object stand in for a native handle.
 *
 * @param object A connection, or a connect in progress.
 * @returns The same object.
 */
export function standIn<T extends object>(object: T): T {
  if (!("getAsyncId" in object)) {
    Object.defineProperty(object, "getAsyncId", asyncId);
  }
  return object;
}
