/**
 * The runtime's own `node:net`, whatever answers `import "node:net"`.
 *
 * @module
 */
import type nodeNet from "node:net";
import { getOwnNet } from "./own_net.ts";

/** The runtime's own `node:net`. */
export const net: typeof nodeNet = getOwnNet();

/** Its types under the same name. */
export declare namespace net {
  export type NetConnectOpts = nodeNet.NetConnectOpts;
  export type Server = nodeNet.Server;
  export type Socket = nodeNet.Socket;
}
