/**
 * The contract on the in-memory backend, in the way that an author of a backend
 * runs it.
 *
 * @module
 */
import { adapterContract, createMemoryAdapter } from "../../testing/adapter.ts";

/** `.ts` as source, `.js` when compiled. */
const extension = import.meta.url.slice(-3);

adapterContract("memory", createMemoryAdapter(), {
  files: false,
  exceptions: new URL(
    `../fixtures/exceptions/memory_sinks${extension}`,
    import.meta.url,
  ),
});
