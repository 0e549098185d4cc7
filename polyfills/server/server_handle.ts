/**
 * Bound handles that `server.listen` takes, as `net._createServerHandle` makes
 * them, and `net._setSimultaneousAccepts`, which was about those of Windows.
 *
 * @module
 */
export {
  createServerHandle,
  setSimultaneousAccepts,
} from "../../runtime/select.ts";
