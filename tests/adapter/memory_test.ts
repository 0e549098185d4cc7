/**
 * The contract on the in-memory backend.
 *
 * @module
 */
import { createMemoryAdapter } from "../../testing/memory/adapter.ts";
import { adapterContract } from "../../testing/contract/contract.ts";

adapterContract("memory", createMemoryAdapter(), { files: false });
