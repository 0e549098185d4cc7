/** The runtime's own `tls` over connections of ours. */
import * as tls from "node:tls";
import type * as net from "../../mod.ts";
import { type Bed, event } from "../helpers/net_helpers.ts";
import { cert, key } from "../runtime/certificate.ts";

/** The client's side of TLS over a socket of ours. */
export function secureClient(
  socket: net.Socket,
  options: tls.ConnectionOptions = {},
): tls.TLSSocket {
  return tls.connect({ socket, ca: cert, servername: "localhost", ...options });
}

/** The server's side. */
export function securePeer(
  socket: net.Socket,
  options: tls.TLSSocketOptions = {},
): tls.TLSSocket {
  return new tls.TLSSocket(socket, { isServer: true, key, cert, ...options });
}

/** What {@linkcode securePair} makes. */
export interface SecurePair {
  readonly server: net.Server;
  readonly client: tls.TLSSocket;
  readonly peer: tls.TLSSocket;
  readonly rawClient: net.Socket;
  readonly rawPeer: net.Socket;
}

/** Both ends of a TLS connection, and the sockets of ours below. */
export async function securePair(
  bed: Bed,
  options: {
    server?: net.ServerOpts;
    client?: object;
    maxVersion?: tls.SecureVersion;
  } = {},
): Promise<SecurePair> {
  const { maxVersion, ...sockets } = options;
  const { server, client: rawClient, peer: rawPeer } = await bed.pair(sockets);
  const peer = securePeer(rawPeer);
  const client = secureClient(rawClient, maxVersion ? { maxVersion } : {});
  await Promise.all([event(client, "secureConnect"), event(peer, "secure")]);
  return { server, client, peer, rawClient, rawPeer };
}

/** What is sent in answer to a request over TLS. */
export async function ask(
  from: tls.TLSSocket,
  to: tls.TLSSocket,
): Promise<string> {
  to.once("data", (chunk: Buffer) => to.write(`re: ${chunk}`));
  from.write("question");
  return String((await event(from, "data"))[0]);
}
