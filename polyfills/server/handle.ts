/**
 * Bound handles that `server.listen` takes.
 *
 * @module
 */
export { createServerHandle } from "../../runtime/node/handle.ts";
