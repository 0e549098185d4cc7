/**
 * The contract on the `node:net` backend, which every runtime can run.
 *
 * @module
 */
import { nodeAdapter } from "../../runtime/select.ts";
import { adapterContract } from "../../testing/contract/contract.ts";

adapterContract("node", nodeAdapter);
