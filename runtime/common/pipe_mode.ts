/**
 * Who may connect to a socket file.
 *
 * @module
 */
import { builtin, process } from "../builtins.ts";
import type { PipeListenTarget } from "../adapter.ts";

/**
 * Give the file of a server its mode, if the target asks for one. `node:net`
 * may have done so: but the libuv of older versions, Node 20 among them, only
 * adds to the mode that the umask left
 * (https://github.com/libuv/libuv/pull/4749).
 */
export function setPipeMode(
  { path, readableAll, writableAll }: PipeListenTarget,
): void {
  if (!(readableAll || writableAll) || process.platform === "win32") return;
  const mode = (readableAll ? 0o444 : 0) | (writableAll ? 0o222 : 0);
  builtin("node:fs").chmodSync(path, mode);
}
