/**
 * What a connection needs before its descriptor is closed: that the peer is to
 * see a RST, and the end of a write that is blocked.
 *
 * @module
 */
import { findShutdownRequest, type TcpHandle } from "../internals.ts";
import { hasLibc, shutdownWrites } from "../libc.ts";
import { endsBlockedWrites } from "../version.ts";
import type { DenoWriter } from "../writer.ts";

/**
 * Prepare a connection for its close.
 *
 * @param handle A duplicate of the descriptor, if there is one; closed here.
 * @param reset Whether the peer is to see a RST.
 * @param fd Looks for the descriptor itself.
 */
export function prepareClose(
  writer: DenoWriter,
  handle: TcpHandle | null,
  reset: boolean,
  fd: () => number,
): void {
  if (reset) {
    (handle ?? writer.guard)?.reset();
    handle?.close();
  } else if (writer.isBlocked && !endsBlockedWrites) {
    endBlockedWrite(writer.takeGuard(), fd);
  }
  writer.dropGuard();
}

/**
 * End the write that keeps the descriptor open: a peer that neither reads nor
 * closes would hold it for good. The system still sends what it has taken, and
 * then a FIN.
 */
function endBlockedWrite(guard: TcpHandle | null, fd: () => number): void {
  const Request = findShutdownRequest();
  if (guard === null || Request === null) {
    guard?.close();
    if (hasLibc()) shutdownWrites(fd());
    return;
  }
  const request = new Request();
  request.oncomplete = () => guard.close();
  if (guard.shutdown?.(request) !== 0) guard.close();
}
