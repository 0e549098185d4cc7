/**
 * Bound handles that `server.listen` takes, as `net._createServerHandle` makes
 * them.
 *
 * @module
 */
export { createServerHandle } from "../../runtime/select.ts";
