/** How connections of the runtime's own `tls` over sockets of ours end. */
import assert from "node:assert/strict";
import type * as tls from "node:tls";
import type * as net from "../../mod.ts";
import {
  type Bed,
  closed,
  event,
  received,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { servesNoSockets } from "../helpers/runtime.ts";
import { unless } from "../helpers/unless.ts";
import {
  ask,
  secureClient,
  type SecurePair,
  securePair,
  securePeer,
} from "./secure.ts";
import {
  errsOnEarlyEnds,
  readsNoAnswer,
  reportsReadErrors,
} from "./tls_facts.ts";

const { eachTcp, forEachTransport } = unless(servesNoSockets);

const LARGE = Buffer.alloc(40_000, "large body ");

type Role = "client" | "peer";

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

/** The TLS socket of a role, and the socket of ours at the other end. */
function sidesOf(pair: SecurePair, role: Role): [tls.TLSSocket, net.Socket] {
  const { client, peer, rawClient, rawPeer } = pair;
  const [own, other] = role === "client" ? [client, peer] : [peer, client];
  other.on("error", () => {}).resume();
  return [own, role === "client" ? rawPeer : rawClient];
}

/** What a TLS socket emits when the other end goes. */
function fateOf(secure: tls.TLSSocket): Promise<string[]> {
  const events: string[] = [];
  secure.on("error", (error: NodeJS.ErrnoException) => {
    events.push(`error ${error.code}`);
  });
  secure.on("end", () => events.push("end"));
  secure.resume();
  return event(secure, "close").then(([hadError]) => {
    return [...events, `close ${hadError}`];
  });
}

/** What a role emits when, after an exchange, the other end goes like this. */
async function fateAfter(
  pair: SecurePair,
  role: Role,
  go: (other: net.Socket) => void,
): Promise<string[]> {
  const [own, other] = sidesOf(pair, role);
  assert.equal(await ask(pair.client, pair.peer), "re: question");
  const fate = fateOf(own);
  go(other);
  const events = await fate;
  await Promise.all([closed(pair.rawClient), closed(pair.rawPeer)]);
  return events;
}

const RESET = ["error ECONNRESET", "close true"];
const END = ["end", "close false"];

for (const role of ["client", "peer"] as const) {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    forEachTransport(
      `tls.TLSSocket: an end without close_notify is no error to the ${role} (${version})`,
      async (bed) => {
        const pair = await securePair(bed, { maxVersion: version });
        const fate = await fateAfter(pair, role, (other) => other.end());
        assert.deepEqual(fate, END);
      },
    );

    eachTcp(
      `tls.TLSSocket: a reset is an ECONNRESET to the ${role}, and 'close' says so (${version})`,
      async (bed) => {
        const pair = await securePair(bed, { maxVersion: version });
        const fate = await fateAfter(
          pair,
          role,
          (other) => other.resetAndDestroy(),
        );
        assert.deepEqual(fate, reportsReadErrors ? RESET : END);
      },
    );
  }

  /** TLS of this role over a pair, whose other end speaks no TLS. */
  const alone = async (bed: Bed) => {
    const { client, peer } = await bed.pair(
      role === "client"
        ? { server: { allowHalfOpen: true } }
        : { client: { allowHalfOpen: true } },
    );
    const [raw, other] = role === "client" ? [client, peer] : [peer, client];
    other.on("error", () => {}).resume();
    const secure = role === "client" ? secureClient(raw) : securePeer(raw);
    secure.on("secureConnect", () => assert.fail("it has connected"));
    return { fate: fateOf(secure), raw, other };
  };

  forEachTransport(
    `tls: what is no TLS is an error to the ${role}, and closes both sockets of ours`,
    async (bed) => {
      const { fate, raw, other } = await alone(bed);
      other.write("this is no TLS record at all");
      const [first, last] = await fate;
      assert.match(first!, /^error ERR_SSL_/);
      assert.equal(last, "close true");
      await closed(raw);
      other.end();
      await closed(other);
    },
  );

  eachTcp(
    `tls: a reset in the handshake is an ECONNRESET to the ${role}`,
    async (bed) => {
      const { fate, raw, other } = await alone(bed);
      await turn();
      other.resetAndDestroy();
      const ended = role === "client" ? ["end", ...RESET] : END;
      assert.deepEqual(await fate, reportsReadErrors ? RESET : ended);
      await closed(raw);
    },
  );

  forEachTransport(
    `tls: an end in the handshake, which the ${role} must not take for a connection`,
    async (bed) => {
      const { fate, raw, other } = await alone(bed);
      await turn();
      other.end();
      // To a client it is an error; to a server only Bun calls it one.
      const server = errsOnEarlyEnds ? RESET : END;
      assert.deepEqual(
        await fate,
        role === "client" ? ["end", ...RESET] : server,
      );
      await closed(raw);
    },
  );
}

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

for (const first of ["client", "peer"] as const) {
  forEachTransport(
    `tls.TLSSocket: half-open, the other side goes on after the end of the ${first}`,
    async (bed) => {
      const pair = await securePair(bed, {
        server: { allowHalfOpen: true },
        client: { allowHalfOpen: true },
      });
      const [early, late] = first === "client"
        ? [pair.client, pair.peer]
        : [pair.peer, pair.client];
      const got = received(late);
      early.end("question");
      assert.equal(String(await got), "question");
      for (let i = 0; i < 5; i++) await turn();
      const answer = received(early);
      late.write("an ");
      await turn();
      late.end("answer");
      assert.equal(String(await answer), "an answer");
      await Promise.all([closed(pair.rawClient), closed(pair.rawPeer)]);
    },
    readsNoAnswer,
  );
}
