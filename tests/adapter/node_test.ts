/**
 * The contract on the `node:net` backend, which every runtime can run.
 *
 * @module
 */
import { nodeAdapter } from "../../runtime/select.ts";
import { adapterContract } from "./contract.ts";

adapterContract("node", nodeAdapter);
