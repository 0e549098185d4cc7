/**
 * A simulated host for everything in the process.
 *
 * @module
 */
import { setDefaultAdapter } from "../runtime/select.ts";
import type { Host } from "./host/host.ts";

/**
 * Make a host the one that every socket and server of this package is on,
 * unless its options name another: for code that imports `net` by itself.
 *
 * @param host Of a simulated network.
 * @returns Undoes it when it is called or disposed.
 *
 * @example
 * ```ts
 * import net from "@isonet/net";
 * import { createNetwork, install } from "@isonet/net/testing";
 *
 * const network = createNetwork({ seed: 1 });
 * network.host("db").net.createServer((peer) => peer.end("hello")).listen(5432);
 * const restore = install(network.host("app"));
 * net.connect(5432, "db").on("data", (data) => console.log(String(data)));
 * restore();
 * await network.advance(1000);
 * ```
 */
export function install(host: Host): (() => void) & Disposable {
  setDefaultAdapter(host.adapter);
  const restore = () => setDefaultAdapter(undefined);
  return Object.assign(restore, { [Symbol.dispose]: restore });
}
