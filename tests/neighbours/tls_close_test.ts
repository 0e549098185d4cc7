/** How connections of the runtime's own `tls` over sockets of ours end. */
import assert from "node:assert/strict";
import {
  closed,
  errorOf,
  event,
  received,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { servesNoSockets } from "../helpers/runtime.ts";
import { unless } from "../helpers/unless.ts";
import { ask, secureClient, securePair, securePeer } from "./secure.ts";
import { readsNoAnswer, reportsReadErrors } from "./tls_facts.ts";

const { eachTcp, forEachTransport } = unless(servesNoSockets);

const LARGE = Buffer.alloc(40_000, "large body ");

forEachTransport(
  "tls.TLSSocket: end() on both ends closes all four sockets without an error",
  async (bed) => {
    const { client, peer, rawClient, rawPeer } = await securePair(bed);
    const ends = Promise.all([received(client), received(peer)]);
    const closes = Promise.all([event(client, "close"), event(peer, "close")]);
    peer.end("bye");
    const [toClient] = await ends;
    assert.equal(String(toClient), "bye");
    assert.deepEqual(await closes, [[false], [false]]);
    assert.ok(!await closed(rawClient));
    assert.ok(!await closed(rawPeer));
  },
);

forEachTransport(
  "tls.TLSSocket: destroy() closes the socket of ours, and the peer's",
  async (bed) => {
    const { client, peer, rawClient, rawPeer } = await securePair(bed);
    peer.on("error", () => {}).resume();
    client.destroy();
    await Promise.all([event(client, "close"), event(peer, "close")]);
    await Promise.all([closed(rawClient), closed(rawPeer)]);
  },
);

forEachTransport(
  "Socket.destroy(): closes the TLS socket above",
  async (bed) => {
    const { client, peer, rawClient } = await securePair(bed);
    peer.on("error", () => {}).resume();
    client.on("error", () => {});
    rawClient.destroy();
    await Promise.all([event(client, "close"), event(peer, "close")]);
    await closed(rawClient);
  },
);

forEachTransport(
  "Socket.destroy(): both sockets are open until the next turn",
  async (bed) => {
    const { client, peer, rawClient } = await securePair(bed);
    peer.on("error", () => {}).resume();
    client.on("error", () => {});
    const events = record(rawClient, ["close"], [], "raw ");
    record(client, ["close"], events, "tls ");
    const closing = [event(client, "close"), event(rawClient, "close")];
    rawClient.destroy();
    assert.equal(rawClient.destroyed, true);
    const next = new Promise<void>((resolve) => setImmediate(resolve));
    await next;
    assert.equal(client.destroyed, false);
    assert.deepEqual(events, []);
    await Promise.all(closing);
    assert.equal(client.destroyed, true);
  },
);

forEachTransport(
  "tls.TLSSocket: a peer that closes without close_notify is an end, and no error",
  async (bed) => {
    for (const maxVersion of ["TLSv1.3", "TLSv1.2"] as const) {
      const { client: raw, peer: rawPeer } = await bed.pair();
      const peer = securePeer(rawPeer);
      const client = secureClient(raw, { maxVersion });
      const events: string[] = [];
      client.on("error", (error) => events.push(`error ${error}`));
      client.on("end", () => events.push("end"));
      client.on("close", (hadError) => events.push(`close ${hadError}`));
      assert.equal(await ask(client, peer), "re: question");
      peer.on("error", () => {});
      client.resume();
      rawPeer.end();
      await event(client, "close");
      assert.deepEqual(events, ["end", "close false"], maxVersion);
      await closed(raw);
    }
  },
);

eachTcp(
  "tls.TLSSocket: a reset is an ECONNRESET, and 'close' says so",
  async (bed) => {
    const { client, peer, rawClient, rawPeer } = await securePair(bed);
    peer.on("error", () => {});
    const failure = reportsReadErrors && errorOf(client);
    const closing = event(client, "close");
    client.resume();
    rawPeer.resetAndDestroy();
    if (failure) assert.equal((await failure).code, "ECONNRESET");
    assert.deepEqual(await closing, [reportsReadErrors]);
    await Promise.all([closed(rawClient), closed(rawPeer)]);
  },
);

forEachTransport(
  "tls.TLSSocket: data before a reader comes is delivered after the peer has gone",
  async (bed) => {
    const { client, peer } = await securePair(bed);
    client.pause();
    peer.end(LARGE);
    await event(peer, "finish");
    for (let i = 0; i < 20; i++) await turn();
    const got = received(client);
    client.resume();
    assert.equal((await got).length, 40_000);
  },
);

forEachTransport(
  "tls.TLSSocket: half-open, one side goes on after the other's end",
  async (bed) => {
    const { client, peer } = await securePair(bed, {
      server: { allowHalfOpen: true },
      client: { allowHalfOpen: true },
    });
    const got = received(peer);
    client.end("question");
    assert.equal(String(await got), "question");
    const answer = received(client);
    peer.end("answer");
    assert.equal(String(await answer), "answer");
  },
  readsNoAnswer,
);

forEachTransport(
  "tls.connect(): a peer that goes away in the handshake is an error",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      peer.once("data", () => peer.end());
    });
    const client = secureClient(bed.connect(server));
    const error = await errorOf(client);
    assert.equal(error.code, "ECONNRESET");
  },
);
