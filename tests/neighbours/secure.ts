/** The runtime's own `tls` over either end of a connection of ours. */
import * as tls from "node:tls";
import type * as net from "../../mod.ts";
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
