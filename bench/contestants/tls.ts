/**
 * A contestant whose connections are encrypted: opened by a module with the API
 * of `node:net`, and then upgraded by the runtime's own `tls`, at both ends, as
 * drivers of databases and mail clients do.
 *
 * @module
 */
import * as tls from "node:tls";
import { cert, key } from "../../tests/runtime/certificate.ts";
import type { Contestant } from "./contestant.ts";
import {
  EventClient,
  fail,
  netContestant,
  type NetModule,
  target,
} from "./net.ts";

/** Made once: reading a certificate is not what is compared. */
const contexts = {
  client: tls.createSecureContext({ ca: cert }),
  server: tls.createSecureContext({ key, cert }),
};

/** @param net What opens and accepts the connections. */
export function tlsContestant(net: NetModule): Contestant {
  const createServer = (
    listener: (socket: tls.TLSSocket) => void,
  ) =>
    net.createServer((socket) => {
      socket.on("error", fail);
      listener(
        new tls.TLSSocket(socket, {
          isServer: true,
          secureContext: contexts.server,
        }),
      );
    });
  return {
    ...netContestant({ ...net, createServer } as NetModule, false),
    connect(to) {
      return new Promise((resolve, reject) => {
        const plain = net.connect(target(to), () => {
          const socket = tls.connect({
            socket: plain,
            servername: "localhost",
            secureContext: contexts.client,
          }, () => {
            socket.off("error", reject);
            socket.on("error", fail);
            resolve(new EventClient(socket));
          });
          socket.on("error", reject);
        });
        plain.on("error", reject);
      });
    },
  };
}
