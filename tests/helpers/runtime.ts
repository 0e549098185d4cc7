/**
 * The runtime the tests run on. No other file of the tests asks for it.
 *
 * @module
 */
import process from "node:process";

/** A runtime of the matrix. */
export type RuntimeName = "deno" | "bun" | "node";

function detect(): RuntimeName {
  const { versions } = process;
  if ("deno" in versions) return "deno";
  return "bun" in versions ? "bun" : "node";
}

/** `"deno"`, `"bun"` or `"node"`. */
export const runtimeName: RuntimeName = detect();

/**
 * Whether the tests run on a release of a runtime that is older than this. The
 * package has `isOlder`, which on Node would load all of it for every test.
 */
function isBefore(name: RuntimeName, version: string): boolean {
  if (runtimeName !== name) return false;
  const own = process.versions[name]!.split(/[.+-]/, 3).map(Number);
  const other = version.split(".").map(Number);
  const at = own.findIndex((number, i) => number !== other[i]);
  return at >= 0 && own[at]! < other[at]!;
}

/** Whether this is a release of Deno before one that has mended a fault. */
export function isDenoBefore(version: string): boolean {
  return isBefore("deno", version);
}

/** Whether this is a release of Bun before one that has mended a fault. */
export function isBunBefore(version: string): boolean {
  return isBefore("bun", version);
}

function isHidingAsked(): boolean {
  try {
    return process.env.ISONET_DENO_HIDDEN === "1";
  } catch {
    // Deno 2.8 and older throw without leave to read it.
    return false;
  }
}

/**
 * Whether the tests run over Deno's public API alone, as by
 * `npm test -- --hidden`.
 */
export const hidesInside: boolean = runtimeName === "deno" && isHidingAsked();

/** Why nothing of the runtime serves a socket of `net`, if so. */
export const servesNoSockets: string | false =
  isBunBefore("1.4.0") || isDenoBefore("2.8.0")
    ? "an old tls and http that serve no socket of net, their own neither"
    : false;

/** Why `http.request()` takes no socket, if so. */
export const requestsBySocketsOfItsOwn: string | false = isBunBefore("1.4.0") &&
  "Bun before 1.4: http.request() takes no socket, and opens none of net";

/** Why a paused socket reads on while its peer is fast, if so. */
export const readsOnWhenPaused: string | false = isBunBefore("1.4.0") &&
  process.platform !== "linux" &&
  "Bun before 1.4, off Linux: pause() waits until a read is not full";

/** Why a RST with data before it looks like an end, if so. */
export const takesResetsForEnds: string | false = isBefore("node", "24.0.0")
  ? "the libuv of Node below 24 reports the end of the stream"
  : isBunBefore("1.4.0") && process.platform !== "linux" &&
    "Bun before 1.4, off Linux: the end of the stream";

/** Why a peer of a path that writes and closes at once may be lost, if so. */
export const losesEarlyPeers: string | false = runtimeName === "bun" &&
  process.platform !== "linux" &&
  "Bun connects to a path by itself, and takes the close for a failure";

/** Why some errors are not the system's, if so. */
export const guessesErrors: string | false = runtimeName === "bun" &&
  process.platform !== "linux" &&
  "Bun does not pass the error on, and off Linux the system is not asked";

/** Why a type of service has no effect, and cannot be asked for, if so. */
export const refusesTypeOfService: string | false = runtimeName === "bun" &&
  process.platform === "win32" &&
  "Windows refuses it, and Bun passes that on";

const isDenoOnWindows = runtimeName === "deno" &&
  process.platform === "win32";

/** Why a number that is no open descriptor is not tried, if so. */
export const endsOfBadDescriptor: string | false = isDenoOnWindows &&
  "Deno 2.9.5 ends there, with its own net, too";

/** Why a write may be done however large it is, if so. */
export const mayTakeAnyWrite: string | false = process.platform === "win32" &&
  "Windows may take a write of any size at once";

/** Why a write to a path is done however large it is, if so. */
export const takesAnyPathWrite: string | false = runtimeName === "bun" &&
  process.platform === "win32" &&
  "Bun takes a write of any size to a named pipe, its own net, too";

/** Why a server of the runtime's own does not become one of ours, if so. */
export const takesOverNoServer: string | false = runtimeName === "bun" &&
  process.platform !== "linux" &&
  "Bun listens where its own net does on Linux only";

const passesNoHandle: string | false = isDenoOnWindows &&
  "Deno on Windows passes no handle to another process, in its own net neither";

/** Why no handle is listened on, nor passed to another process, if so. */
export const sharesNoHandles: string | false =
  isBunBefore("1.4.0") || isDenoBefore("2.8.0")
    ? "an old net that listens on no handle, and an old send() that passes none"
    : passesNoHandle;

/** Why no path is passed to another process, if so. */
export const sharesNoPath: string | false = process.platform === "win32" &&
  "Windows passes no named pipe to another process";

/** Why the processes of a cluster share no address, if so. */
export const sharesNoAddress: string | false =
  isBunBefore("1.4.0") || isDenoBefore("2.8.0")
    ? "an old cluster, whose workers share no address"
    : passesNoHandle;

/** Why a native socket is not taken over in full, if so. */
export const hasOldNativeSockets: string | false =
  isBunBefore("1.4.0") || isDenoBefore("2.8.0")
    ? "an old net, whose sockets are not half-open"
    : false;

/** Why a path cannot be listened on by an inherited descriptor, or `false`. */
export const noInheritedPath: string | false = isDenoBefore("2.8.3") &&
  "Deno up to 2.8.2 cannot: listen EEXIST";

/** Why a connection of a path is open until its blocked write ends, if so. */
export const keepsBlockedPaths: string | false = isDenoBefore("2.9.5") &&
  "Deno up to 2.9.4: a write that is blocked keeps its descriptor open";

/** Why a package cannot be given the time of a test, or `false`. */
export const hasOwnTimers: string | false = isDenoBefore("2.8.0") &&
  "packages of npm have timers of their own in Deno up to 2.7";

/** Why nobody hears of the end of a path of the runtime's own net, if so. */
export const ownPipesDoNotEnd: string | false = isDenoOnWindows &&
  "Deno's own net does not pass the end of a named pipe on";

/** Why leave to read and write a path is not enough to use it, if so. */
export const needsAllForPaths: string | false = isDenoOnWindows &&
  "Deno takes a named pipe with --allow-all only";

/** Why a test of the file of a path is skipped, if so. */
export const noFiles: string | false = process.platform === "win32" &&
  "a named pipe is no file";

/** Node has `reusePort` since 22.12 and 23.1, and does not report it. */
function findReusePort(): boolean {
  if (isBefore("node", "22.12.0")) return false;
  return isBefore("node", "23.0.0") || !isBefore("node", "23.1.0");
}

/** Whether this release of the runtime knows the option `reusePort`. */
export const knowsReusePort: boolean = findReusePort();
