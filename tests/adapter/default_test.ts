/**
 * The contract on the adapter that this runtime uses by default.
 *
 * @module
 */
import { getDefaultAdapter } from "../../runtime/select.ts";
import { adapterContract } from "../../testing/contract/contract.ts";

adapterContract("default", getDefaultAdapter());
