/**
 * The contract on the Deno backend without Deno's inside, as a version that
 * hides it would run.
 *
 * @module
 */
import { test } from "node:test";
import { denoPublicAdapter } from "../../runtime/deno.ts";
import { runtimeName } from "../helpers/runtime.ts";
import { adapterContract } from "./contract.ts";

if (runtimeName === "deno") {
  adapterContract("deno, public API", denoPublicAdapter);
} else {
  test("deno, public API", { skip: "only Deno has it" }, () => {});
}
