/**
 * The contract on the in-memory backend.
 *
 * @module
 */
import { checkBackend } from "./check_backend.ts";

checkBackend("memory", { files: false });
