/**
 * The transports a test runs over: TCP on IPv4, TCP on IPv6, and a Unix domain
 * socket (a named pipe on Windows).
 *
 * @module
 */
import { networkInterfaces } from "node:os";
import process from "node:process";
import { test } from "node:test";
import type * as net from "../../mod.ts";
import { denoAdapter } from "../../runtime/deno/adapter.ts";
import { getDefaultAdapter } from "../../runtime/select.ts";
import { Bed } from "./net_helpers.ts";
import { runtimeName } from "./runtime.ts";
import { uniquePath } from "./temp_folder.ts";

/** Where servers of a test listen, and how clients find them. */
export interface Transport {
  /** `"tcp4"`, `"tcp6"` or `"unix"`. */
  readonly name: string;
  /** `true` for a path, `false` for TCP. */
  readonly ipc: boolean;
  /** A new address, as options of `server.listen()`. */
  listenOptions(): { port: number; host: string } | { path: string };
  /** Options of `connect()` that reach `server`. */
  connectOptions(
    server: net.Server,
  ): { port: number; host: string } | { path: string };
}

/** The port a TCP server listens on. */
export function portOf(server: net.Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error(`no TCP address: ${address}`);
  }
  return address.port;
}

function tcp(name: string, host: string): Transport {
  return {
    name,
    ipc: false,
    listenOptions: () => ({ port: 0, host }),
    connectOptions: (server) => ({ port: portOf(server), host }),
  };
}

/** TCP over the IPv4 loopback. */
export const tcp4: Transport = tcp("tcp4", "127.0.0.1");

/** TCP over the IPv6 loopback. */
export const tcp6: Transport = tcp("tcp6", "::1");

/** A Unix domain socket, or a named pipe on Windows. */
export const unix: Transport = {
  name: "unix",
  ipc: true,
  listenOptions: () => ({ path: uniquePath() }),
  connectOptions(server) {
    const path = server.address();
    if (typeof path !== "string") throw new Error("no path");
    return { path };
  },
};

// This asks the system, not the package: if the package cannot do IPv6, the
// tests must fail and not be skipped.
const ownAddresses: readonly string[] = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses?.map(({ address }) => address) ?? []);
const hasIPv6 = ownAddresses.includes("::1");

/** Why IPv6 cannot be tested here, or `false`. */
export const noIPv6: string | false = hasIPv6
  ? false
  : "this system has no IPv6 loopback";

/**
 * Why no IPv4 address of the loopback network works but 127.0.0.1, or `false`.
 * Linux and Windows have all of them, macOS those that an administrator adds.
 */
export const noLoopbackNetwork: string | false =
  !["linux", "android", "win32"].includes(process.platform) &&
  ["127.0.0.2", "127.0.0.3", "127.0.0.4"].some((address) =>
    !ownAddresses.includes(address)
  ) && "this system has no loopback address but 127.0.0.1";

/** Where a server listens that was given no host. */
export const anyAddress: string =
  runtimeName === "deno" && process.platform === "win32" ? "0.0.0.0" : "::";

/** Why a server on every interface does not take both families, if so. */
export const noDualStack: string | false = anyAddress !== "::" &&
  "Deno takes no IPv4 on :: of Windows";

/** Every transport this machine has. */
export const transports: readonly Transport[] = hasIPv6
  ? [tcp4, tcp6, unix]
  : [tcp4, unix];

/** Ends a test that waits for something that never happens. */
const HANG_MS = 30_000;

/**
 * Runs `fn` with a bed, closes everything it created, and fails if it hangs.
 */
async function run(transport: Transport, fn: Body): Promise<void> {
  const bed = new Bed(transport);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error("the test hangs: an event did not come")),
      HANG_MS,
    );
  });
  try {
    await Promise.race([fn(bed), hang]);
  } finally {
    clearTimeout(timer);
    await bed.close();
  }
}

type Body = (bed: Bed) => void | Promise<void>;

/** Why a test is skipped, `false` if it is not; or that of one transport. */
export type Skip = string | false | ((transport: Transport) => string | false);

/**
 * Why a test of a path is skipped where Deno's own sockets are not used for
 * paths, for what `node:net` lacks there: on Windows, and in Deno 2.8.3.
 */
export function skipPathOfNet({ ipc }: Transport): string | false {
  return ipc && runtimeName === "deno" && !denoAdapter.capabilities.pipe &&
    "Deno's node:net lacks this";
}

/** Why a test that ends one direction alone is skipped over a path, if so. */
export function skipHalfClose({ ipc }: Transport): string | false {
  return ipc && process.platform === "win32" &&
    "a named pipe ends in both directions";
}

/** Why a write over a path is not done in the call that makes it, if so. */
export function skipLateWrites({ ipc }: Transport): string | false {
  return ipc && process.platform === "win32" &&
    "a write to a named pipe is done in a later turn";
}

/** Whether Deno's `node:net` is no second transport, as up to 2.7.12. */
const isNetUnable = runtimeName === "deno" &&
  denoAdapter.takesAnyHandle === true;

/** Why what needs the second transport is unavailable, or `false`. */
export const noSecondTransport: string | false = isNetUnable &&
  "Deno has no second transport up to 2.7.12";

/** Why nobody can choose a backlog, or `false`. */
export const noBacklog: string | false =
  !getDefaultAdapter().capabilities.backlog &&
  "this runtime lets nobody set it on this system";

/** Why no address can be bound before it is used, or `false`. */
export const noBinding: string | false = noSecondTransport ||
  runtimeName === "bun" && process.platform !== "linux" &&
    "on Bun, BoundSocket is available on Linux only";

/** Why an address is bound no earlier than it is used, if so. */
export const bindsLate: string | false = runtimeName === "deno" &&
  process.platform === "win32" &&
  "Deno binds when it listens or connects";

/** Declares one test over one transport. */
export function testOver(
  transport: Transport,
  name: string,
  fn: Body,
  skip: Skip = false,
): void {
  const reason = typeof skip === "function" ? skip(transport) : skip;
  test(
    `${name} [${transport.name}]`,
    { skip: reason },
    () => run(transport, fn),
  );
}

/** Declares one test for each transport. */
export function forEachTransport(
  name: string,
  fn: Body,
  skip: Skip = false,
): void {
  for (const transport of transports) {
    testOver(transport, name, fn, skip);
  }
}

/**
 * Declares one test over TCP for each family, for what a path does not have.
 */
export function eachTcp(
  name: string,
  fn: Body,
  skip: string | false = false,
): void {
  for (const transport of transports) {
    if (!transport.ipc) testOver(transport, name, fn, skip);
  }
}

/**
 * Declares one test over TCP on IPv4, for what does not depend on the
 * transport.
 */
export function tcpTest(
  name: string,
  fn: Body,
  skip: string | false = false,
): void {
  test(name, { skip }, () => run(tcp4, fn));
}

/** Declares one test over a Unix path only. */
export function ipcTest(
  name: string,
  fn: Body,
  skip: string | false = false,
): void {
  test(name, { skip }, () => run(unix, fn));
}
