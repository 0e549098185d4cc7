/**
 * TLS after plain text: what was read before, what was not, and what came in one
 * piece with the first of TLS. Either side of a connection may be its client.
 *
 * @module
 */
import assert from "node:assert/strict";
import type * as net from "../../../mod.ts";
import {
  type Bed,
  closed,
  errorOf,
  type Pair,
  turn,
} from "../../helpers/net_helpers.ts";
import { servesNoSockets } from "../../helpers/runtime.ts";
import { unless } from "../../helpers/unless.ts";
import { ask, secureClient, securePeer } from "../secure.ts";
import { dropsText } from "../tls_facts.ts";

const { forEachTransport } = unless(servesNoSockets);

/** Which socket serves TLS: the accepted one, as usual, or the connected one. */
const SERVERS = ["accepted", "connected"] as const;

type Server = typeof SERVERS[number];

/** The sockets of a pair by what they are to TLS. Nobody reads from either. */
async function unread(
  bed: Bed,
  server: Server,
): Promise<{ speaker: net.Socket; listener: net.Socket }> {
  const { client, peer }: Pair = await bed.pair({
    server: { pauseOnConnect: true },
  });
  return server === "accepted"
    ? { speaker: client, listener: peer }
    : { speaker: peer, listener: client };
}

for (const server of SERVERS) {
  const where = `on the ${server} side`;

  forEachTransport(
    `tls.TLSSocket: takes the bytes that are in the read buffer already, ${where}`,
    async (bed) => {
      const { speaker, listener } = await unread(bed, server);
      const secure = secureClient(speaker);
      listener.read(0);
      while (listener.readableLength === 0) await turn();
      assert.equal(await ask(secure, securePeer(listener)), "re: question");
    },
  );

  forEachTransport(
    `tls.TLSSocket: takes what arrived in one piece with the last of the plain text, ${where}`,
    async (bed) => {
      const { speaker, listener } = await unread(bed, server);
      speaker.write("STARTTLS\n");
      const secure = secureClient(speaker);
      let line: Buffer | null = null;
      while (!line || listener.readableLength === 0) {
        listener.read(0);
        line ??= listener.read(9);
        await turn();
      }
      assert.equal(String(line), "STARTTLS\n");
      assert.equal(await ask(secure, securePeer(listener)), "re: question");
    },
  );

  forEachTransport(
    `tls.TLSSocket: over a connection that nobody has read from yet, ${where}`,
    async (bed) => {
      const { speaker, listener } = await unread(bed, server);
      const secure = secureClient(speaker);
      for (let i = 0; i < 5; i++) await turn();
      assert.equal(await ask(secure, securePeer(listener)), "re: question");
    },
  );

  forEachTransport(
    `tls.connect(): text that was not read is no TLS: an error, ${where}`,
    async (bed) => {
      const { speaker, listener } = await unread(bed, server);
      listener.write("220 ready\n");
      speaker.read(0);
      while (speaker.readableLength === 0) await turn();
      const secure = secureClient(speaker);
      assert.match((await errorOf(secure)).code!, /^ERR_SSL_/);
      await closed(speaker);
    },
    dropsText,
  );
}

for (const role of ["client", "server"] as const) {
  forEachTransport(
    `tls: over a socket with onread, whose callback hears no TLS (${role})`,
    async (bed) => {
      const heard: string[] = [];
      let told = (): void => {};
      const ready = new Promise<void>((resolve) => told = resolve);
      const { client, peer } = await bed.pair({
        client: {
          onread: {
            buffer: new Uint8Array(100),
            callback: (size: number, memory: Uint8Array) => {
              heard.push(String(Buffer.from(memory.subarray(0, size))));
              told();
              return true;
            },
          },
        },
      });
      peer.write("220 ready");
      await ready;
      const [secure, other] = role === "client"
        ? [secureClient(client), securePeer(peer)]
        : [securePeer(client), secureClient(peer)];
      assert.equal(await ask(secure, other), "re: question");
      assert.equal(await ask(other, secure), "re: question");
      assert.deepEqual(heard, ["220 ready"]);
    },
  );
}
