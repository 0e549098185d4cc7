/**
 * Types of the runtime's own `net` that this package's types must agree with.
 *
 * @module
 */
export type {
  BlockList as NativeBlockList,
  Server as NativeServer,
} from "node:net";
