/**
 * A network in memory that fails on purpose, the same way every time.
 *
 * @module
 */
export { createNetwork } from "./network.ts";
