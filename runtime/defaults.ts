/**
 * Values that the shared layer and the backends have in common.
 *
 * @module
 */

/** Length of the accept queue, unless `listen` is given another. */
export const DEFAULT_BACKLOG = 511;

/**
 * The id of the root of asynchronous calls, which is a valid one always: for
 * what passes for a handle.
 */
export const ROOT_ASYNC_ID = 1;
