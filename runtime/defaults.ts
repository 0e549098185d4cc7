/**
 * Defaults that the shared layer and the backends have to agree on.
 *
 * @module
 */

/** Length of the accept queue, unless `listen` is given another. */
export const DEFAULT_BACKLOG = 511;
