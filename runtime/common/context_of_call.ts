/**
 * The context of an `AsyncLocalStorage` that a call is made in, for its answer.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** Calls a function in a context. */
export type Runner = (call: () => void) => void;

/** Calls in whatever context this is called in. */
export const inPlace: Runner = (call) => call();

/** What calls in the context of now, unless that is seen to by itself. */
export function contextOfCall(isKept: boolean): Runner {
  return isKept ? inPlace : AsyncLocalStorage.snapshot();
}
