/**
 * The contract on a host of a simulated network, in real time.
 *
 * @module
 */
import { checkBackend } from "./check_backend.ts";

checkBackend("simulated", { files: false });
