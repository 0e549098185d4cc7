/**
 * The contract on the Deno backend without Deno's inside, as a version that
 * hides it would run.
 *
 * @module
 */
import { denoPublicAdapter } from "../../runtime/deno/adapter.ts";
import { runtimeName } from "../helpers/runtime.ts";
import { adapterContract } from "../../testing/contract/contract.ts";

adapterContract("deno, public API", denoPublicAdapter, {
  skip: runtimeName === "deno" ? undefined : "only Deno has this API",
});
