/**
 * The contract on the `node:net` backend, which every runtime can run.
 *
 * @module
 */
import { checkBackend } from "./check_backend.ts";

checkBackend("node");
