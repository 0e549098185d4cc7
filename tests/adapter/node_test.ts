/**
 * The contract on the `node:net` backend, which every runtime can run but Deno
 * before 2.7.13.
 *
 * @module
 */
import { isBunBefore } from "../helpers/runtime.ts";
import { noSecondTransport } from "../helpers/transports.ts";
import { checkBackend } from "./check_backend.ts";

checkBackend("node", {
  skip: isBunBefore("1.4.0")
    ? "Bun before 1.4: its own net is not used for connections"
    : noSecondTransport || undefined,
});
