/**
 * The contract of a runtime adapter, for programs that bring their own.
 *
 * @module
 */
export type * from "../runtime/adapter.ts";
