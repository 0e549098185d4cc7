/**
 * The contract on the in-memory backend.
 *
 * @module
 */
import { createMemoryAdapter } from "../helpers/memory_adapter.ts";
import { adapterContract } from "./contract.ts";

adapterContract("memory", createMemoryAdapter(), { files: false });
