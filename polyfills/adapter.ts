/**
 * The types of the adapter contract, for programs that bring an adapter of
 * their own.
 *
 * @module
 */
export type * from "../runtime/adapter.ts";
