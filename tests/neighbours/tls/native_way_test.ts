/**
 * Which way TLS takes over a socket of ours: by the native handle, where the
 * stream of the socket is not touched, or through the stream, which is slow.
 * Either gives the same bytes, so that no other test sees the difference.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import * as tls from "node:tls";
import * as net from "../../../mod.ts";
import { type Bed, event, turn } from "../../helpers/net_helpers.ts";
import { runtimeName, servesNoSockets } from "../../helpers/runtime.ts";
import { skipPathOfNet, type Transport } from "../../helpers/transports.ts";
import { unless } from "../../helpers/unless.ts";
import { cert, key } from "../../runtime/certificate.ts";
import { secureClient, securePeer } from "../secure.ts";

const { forEachTransport } = unless(servesNoSockets);

const LARGE = Buffer.alloc(1 << 20, "large body ");

/** What is called on a socket whose bytes pass through its stream. */
const METHODS = [
  "read",
  "_read",
  "push",
  "write",
  "_write",
  "_writev",
] as const;

/** Both ends of TLS, and the sockets of ours below. */
interface Ends {
  readonly client: tls.TLSSocket;
  readonly peer: tls.TLSSocket;
  readonly rawClient: net.Socket;
  readonly rawPeer: net.Socket;
}

/** The calls of the stream's methods from now on, and its `'data'`. */
function callsOf(raw: net.Socket): Set<string> {
  const calls = new Set<string>();
  const target = raw as unknown as Record<string, (...args: unknown[]) => void>;
  const watch = (name: string, note: (first: unknown) => void) => {
    const method = target[name]!;
    target[name] = function (this: unknown, ...args: unknown[]) {
      note(args[0]);
      return method.apply(this, args);
    };
  };
  for (const name of METHODS) watch(name, () => calls.add(name));
  watch("emit", (event) => event === "data" && calls.add("'data'"));
  return calls;
}

/** Sends from one end to the other. */
async function transfer(from: tls.TLSSocket, to: tls.TLSSocket): Promise<void> {
  const chunks: Buffer[] = [];
  let missing = LARGE.length;
  const all = new Promise<void>((resolve) => {
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      missing -= chunk.length;
      if (missing > 0) return;
      to.off("data", onData);
      resolve();
    };
    to.on("data", onData);
  });
  from.write(LARGE);
  await all;
  assert.ok(Buffer.concat(chunks).equals(LARGE));
}

/** Checks the way of either end, by what is called while bytes pass both ways. */
async function assertWays(
  ends: Ends,
  expected: { client: Way; peer: Way },
): Promise<void> {
  for (let i = 0; i < 5; i++) await turn();
  const calls = {
    client: callsOf(ends.rawClient),
    peer: callsOf(ends.rawPeer),
  };
  await transfer(ends.client, ends.peer);
  await transfer(ends.peer, ends.client);
  for (const end of ["client", "peer"] as const) {
    const names = [...calls[end]].toSorted().join(" ");
    if (expected[end] === "native") assert.equal(names, "", end);
    else assert.match(names, /^'data' .*push.*write/, end);
  }
}

type Way = "native" | "stream";

/** How TLS comes to be over the sockets of a connection. */
const WAYS_IN = {
  "over connected sockets": async (bed: Bed) => {
    const { client: rawClient, peer: rawPeer } = await bed.pair();
    const [client, peer] = [secureClient(rawClient), securePeer(rawPeer)];
    await Promise.all([event(client, "secureConnect"), event(peer, "secure")]);
    return { client, peer, rawClient, rawPeer };
  },
  "over a socket that reads and writes before": async (bed: Bed) => {
    const { client: rawClient, peer: rawPeer } = await bed.pair();
    for (const [from, to] of [[rawClient, rawPeer], [rawPeer, rawClient]]) {
      from!.write("plain");
      await event(to!, "data");
    }
    const [client, peer] = [secureClient(rawClient), securePeer(rawPeer)];
    await Promise.all([event(client, "secureConnect"), event(peer, "secure")]);
    return { client, peer, rawClient, rawPeer };
  },
  "by tls.Server": async (bed: Bed) => await byServer(bed, true),
  "over a connecting socket": async (bed: Bed) => await byServer(bed, false),
  "over a socket that connects later": async (bed: Bed) => {
    const rawClient = bed.track(new net.Socket());
    return await byServer(bed, false, rawClient);
  },
} as const satisfies Record<string, (bed: Bed) => Promise<Ends>>;

/** Connects to a `tls.Server`, which a server of ours gives its connections. */
async function byServer(
  bed: Bed,
  isConnected: boolean,
  unconnected?: net.Socket,
): Promise<Ends> {
  const secure = tls.createServer({ key, cert });
  const server = await bed.listen({}, (raw) => secure.emit("connection", raw));
  const accepting = event(server, "connection");
  const securing = event(secure, "secureConnection");
  const rawClient = unconnected ?? bed.connect(server);
  if (isConnected) await event(rawClient, "connect");
  const client = secureClient(rawClient);
  unconnected?.connect(bed.transport.connectOptions(server));
  const [[rawPeer], [peer]] = await Promise.all([accepting, securing]) as [
    [net.Socket],
    [tls.TLSSocket],
  ];
  if (!client.authorized) await event(client, "secureConnect");
  return { client, peer, rawClient, rawPeer };
}

/**
 * How a client goes that is laid over its socket before that has a connection.
 * Of a socket that is not even connecting Node's own `net` has no handle either.
 */
function earlyWay(
  wayIn: keyof typeof WAYS_IN,
  { ipc }: Transport,
): Way {
  const isLater = wayIn === "over a socket that connects later";
  if (runtimeName === "node") return isLater ? "stream" : "native";
  const isEarly = isLater || wayIn === "over a connecting socket";
  return runtimeName === "deno" && ipc && isEarly ? "stream" : "native";
}

for (const wayIn of Object.keys(WAYS_IN) as (keyof typeof WAYS_IN)[]) {
  forEachTransport(
    `tls: ${wayIn}, takes the native way where there is one`,
    async (bed) => {
      const ends = await WAYS_IN[wayIn](bed);
      const client = earlyWay(wayIn, bed.transport);
      await assertWays(ends, { client, peer: "native" });
    },
    skipPathOfNet,
  );
}

/** A stream that has no handle, over a socket. */
function streamOver(raw: net.Socket): Duplex {
  const stream = new Duplex({
    read: () => raw.resume(),
    write: (chunk: Buffer, _encoding, done) => void raw.write(chunk, done),
    final: (done) => void raw.end(done),
  });
  raw.on("data", (chunk: Buffer) => stream.push(chunk) || raw.pause());
  raw.on("end", () => stream.push(null));
  return stream;
}

forEachTransport(
  "tls: over a stream of its own, which is no socket, what this test counts is called",
  async (bed) => {
    const { client: rawClient, peer: rawPeer } = await bed.pair();
    const client = secureClient(streamOver(rawClient) as net.Socket);
    const peer = securePeer(streamOver(rawPeer) as net.Socket);
    await Promise.all([event(client, "secureConnect"), event(peer, "secure")]);
    await assertWays({ client, peer, rawClient, rawPeer }, {
      client: "stream",
      peer: "stream",
    });
  },
);
