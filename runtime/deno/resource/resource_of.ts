/**
 * Which {@linkcode Resource} a connection gets.
 *
 * @module
 */
import type { NativeConn } from "../api.ts";
import { type DenoInternals, findReadState } from "../internals.ts";
import { canDuplicate } from "../handle/tcp_handle.ts";
import { ConnResource } from "./conn_resource.ts";
import { HandleResource } from "./handle_resource.ts";
import { canCancelRead, OpResource } from "./op_resource.ts";
import type { Resource } from "./resource.ts";

/**
 * Make a resource of a connection.
 *
 * @param internals The parts of Deno's inside that may be used.
 */
export function resourceOf(
  conn: NativeConn,
  kind: "tcp" | "pipe",
  internals: DenoInternals,
): Resource {
  const { core } = internals;
  if (core === null) return new ConnResource(conn);
  const readsByHandle = kind === "tcp" && !canCancelRead(core) &&
    canDuplicate(internals) && findReadState() !== null;
  return readsByHandle
    ? new HandleResource(core, conn, internals)
    : new OpResource(core, conn);
}
