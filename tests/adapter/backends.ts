/**
 * The backends that the contract is checked on, by name: a program that a test
 * starts is given the name.
 *
 * @module
 */
import type { RuntimeAdapter } from "../../runtime/adapter.ts";
import { denoPublicAdapter } from "../../runtime/deno/adapter.ts";
import { getDefaultAdapter, nodeAdapter } from "../../runtime/select.ts";
import { createNetwork } from "../../testing/mod.ts";

/** A name in {@linkcode backends}. */
export type BackendName =
  | "default"
  | "deno, public API"
  | "node"
  | "simulated";

/** Each gives the adapter of its name. */
export const backends: Readonly<Record<BackendName, () => RuntimeAdapter>> = {
  "default": getDefaultAdapter,
  "deno, public API": () => denoPublicAdapter,
  "node": () => nodeAdapter,
  "simulated": () =>
    createNetwork({ seed: 1, clock: "real" }).host("here").adapter,
};
