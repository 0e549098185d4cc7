/** TLS over sockets of ours in every state, and what happens below it later. */
import assert from "node:assert/strict";
import * as tls from "node:tls";
import * as net from "../../mod.ts";
import { type Bed, closed, event, received } from "../helpers/net_helpers.ts";
import { servesNoSockets } from "../helpers/runtime.ts";
import { noSecondTransport } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { cert, key } from "../runtime/certificate.ts";
import { secureClient, securePeer } from "./secure.ts";
import { namesHandshakeTimeout, renegotiates } from "./tls_facts.ts";

const { forEachTransport } = unless(noSecondTransport);

const LARGE = Buffer.alloc(2 << 20, "large body ");

/** Both ends of a TLS connection, and the sockets of ours below. */
async function securePair(bed: Bed, options: tls.ConnectionOptions = {}) {
  const { client: rawClient, peer: rawPeer } = await bed.pair();
  const peer = securePeer(rawPeer);
  const client = secureClient(rawClient, options);
  for (const socket of [client, peer]) socket.on("error", () => {});
  await event(client, "secureConnect");
  return { client, peer, rawClient, rawPeer };
}

forEachTransport(
  "tls.Server: a client that says nothing is a 'tlsClientError' after handshakeTimeout",
  async (bed) => {
    const secure = tls.createServer({ key, cert, handshakeTimeout: 20 });
    const failing = event(secure, "tlsClientError");
    const server = await bed.listen({}, (socket) => {
      secure.emit("connection", socket);
    });
    const accepting = event(server, "connection");
    bed.connect(server);
    const [[error, socket], [raw]] = await Promise.all([failing, accepting]);
    if (namesHandshakeTimeout) {
      const { code } = error as NodeJS.ErrnoException;
      assert.equal(code, "ERR_TLS_HANDSHAKE_TIMEOUT");
    }
    (socket as tls.TLSSocket).destroy();
    await closed(raw as net.Socket);
  },
  servesNoSockets,
);

forEachTransport(
  "tls.connect(): setTimeout() of either socket is heard during a handshake that stalls",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    const secure = secureClient(client);
    const both = [event(secure, "timeout"), event(client, "timeout")];
    secure.setTimeout(10);
    client.setTimeout(10);
    await Promise.all(both);
    assert.equal(client.destroyed, false);
    secure.destroy();
  },
);

forEachTransport(
  "tls.TLSSocket: both ends send much at the same time",
  async (bed) => {
    const { client, peer } = await securePair(bed);
    const [toClient, toPeer] = [received(client), received(peer)];
    client.end(LARGE);
    peer.end(LARGE);
    assert.ok((await toClient).equals(LARGE));
    assert.ok((await toPeer).equals(LARGE));
  },
  servesNoSockets,
);

forEachTransport(
  "tls.TLSSocket.renegotiate(): the conversation goes on after it",
  async (bed) => {
    const { client, peer } = await securePair(bed, { maxVersion: "TLSv1.2" });
    peer.on("data", (chunk: Buffer) => peer.write(`re: ${chunk}`));
    const error = await new Promise<Error | null | undefined>((resolve) => {
      client.renegotiate({}, resolve);
    });
    assert.equal(!error, renegotiates);
    client.write("question");
    assert.equal(String((await event(client, "data"))[0]), "re: question");
  },
  servesNoSockets,
);
