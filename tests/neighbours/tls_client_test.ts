/**
 * The client's side of TLS over a socket of ours, to a server of the runtime's
 * own: what a driver of a database does.
 */
import assert from "node:assert/strict";
import * as tls from "node:tls";
import * as net from "../../mod.ts";
import { type Bed, closed, event, received } from "../helpers/net_helpers.ts";
import { noSecondTransport, skipPathOfNet } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { cert, key } from "../runtime/certificate.ts";
import { secureClient } from "./secure.ts";
import { stopsLargeTransfers } from "./tls_facts.ts";

const { forEachTransport } = unless(noSecondTransport);

/** A TLS server of the runtime's own, and a socket of ours connected to it. */
async function connect(
  bed: Bed,
  serve: (peer: tls.TLSSocket) => void,
): Promise<net.Socket> {
  const server = tls.createServer({ key, cert }, serve);
  bed.onClose(() => server.close());
  server.listen(bed.transport.listenOptions());
  await event(server, "listening");
  const where = bed.transport.connectOptions(server as unknown as net.Server);
  const socket = bed.track(net.connect(where));
  await event(socket, "connect");
  return socket;
}

forEachTransport(
  "tls.connect(): over a socket of ours, to a server of the runtime's own",
  async (bed) => {
    const socket = await connect(bed, (peer) => {
      peer.once("data", (question) => peer.end(`answer to ${question}`));
    });
    const client = secureClient(socket);
    await event(client, "secureConnect");
    assert.equal(client.authorized, true);
    client.write("question");
    assert.equal(
      String(await received(client)),
      "answer to question",
    );
    client.end();
    await Promise.all([event(client, "close"), closed(socket)]);
  },
);

forEachTransport(
  "tls.connect(): over a socket of ours, much is sent both ways to such a server",
  async (bed) => {
    const socket = await connect(bed, (peer) => peer.pipe(peer));
    const client = secureClient(socket);
    await event(client, "secureConnect");
    const sent = Buffer.alloc(4 << 20, "some text ");
    client.write(sent);
    const chunks: Buffer[] = [];
    let length = 0;
    await new Promise<void>((resolve) =>
      client.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length === sent.length) resolve();
      })
    );
    assert.ok(sent.equals(Buffer.concat(chunks)));
    client.end();
    await Promise.all([event(client, "close"), closed(socket)]);
  },
  (transport) => stopsLargeTransfers || skipPathOfNet(transport),
);
