/**
 * The contract on the adapter that this runtime uses by default.
 *
 * @module
 */
import { checkBackend } from "./check_backend.ts";

checkBackend("default");
