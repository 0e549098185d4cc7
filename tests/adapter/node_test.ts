/**
 * The contract on the `node:net` backend, which every runtime can run.
 *
 * @module
 */
import { isBunBefore } from "../helpers/runtime.ts";
import { checkBackend } from "./check_backend.ts";

checkBackend("node", {
  skip: isBunBefore("1.4.0")
    ? "Bun before 1.4: its own net is not used for connections"
    : undefined,
});
