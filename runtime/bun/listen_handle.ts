/**
 * Listening where a server of Bun's own `net` listens, which it gives up.
 *
 * Bun's `net` refuses its own handle: its event loop watches the descriptor, and
 * the second time the system says `EEXIST` (1.4.5; not reported). A duplicate of
 * the descriptor is another one to the event loop, and stays open when the first
 * is closed.
 *
 * @module
 */
import type {
  HandleListenTarget,
  Listener,
  ListenSink,
  RuntimeAdapter,
} from "../adapter.ts";
import type { BunServer } from "./api.ts";
import { duplicate } from "./libc.ts";
import { listensOnNoHandle } from "./old_releases/faults.ts";
import { featureUnavailable } from "../errors.ts";

function isBunServer(handle: object): handle is BunServer {
  const { stop, fd } = handle as Partial<BunServer>;
  return typeof stop === "function" && typeof fd === "number";
}

function isOnPath(server: BunServer): boolean {
  const address: { port?: number } = {};
  server.getsockname(address);
  return address.port === undefined;
}

/**
 * Listen on a handle or a descriptor.
 *
 * @param fallback Listens on descriptors.
 */
export function listenOnHandle(
  target: HandleListenTarget,
  sink: ListenSink,
  fallback: RuntimeAdapter,
): Listener {
  if (listensOnNoHandle) throw featureUnavailable("listenHandle", "bun");
  const { handle } = target;
  if (!isBunServer(handle)) return fallback.listen(target, sink);
  // When it stops, Bun removes the file of its path.
  const fd = isOnPath(handle) ? -1 : duplicate(handle.fd);
  if (fd < 0) throw featureUnavailable("listenHandle", "bun");
  handle.stop();
  return fallback.listen({ ...target, handle: { fd } }, sink);
}
