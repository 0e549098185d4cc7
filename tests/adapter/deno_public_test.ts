/**
 * The contract on the Deno backend without Deno's inside, as a version that
 * hides it would run.
 *
 * @module
 */
import { runtimeName } from "../helpers/runtime.ts";
import { checkBackend } from "./check_backend.ts";

checkBackend("deno, public API", {
  skip: runtimeName === "deno" ? undefined : "only Deno has this API",
});
