/**
 * The contract on the `node:net` backend, which every runtime can run but Deno
 * before 2.7.13.
 *
 * @module
 */
import { noSecondTransport } from "../helpers/transports.ts";
import { checkBackend } from "./check_backend.ts";

checkBackend("node", noSecondTransport ? { skip: noSecondTransport } : {});
