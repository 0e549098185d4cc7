/** The runtime's own `tls` over sockets of ours. */
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import * as tls from "node:tls";
import * as net from "../../mod.ts";
import { event, received, turn } from "../helpers/net_helpers.ts";
import { servesNoSockets } from "../helpers/runtime.ts";
import { skipPathOfNet, transports } from "../helpers/transports.ts";
import { unless } from "../helpers/unless.ts";
import { cert, key } from "../runtime/certificate.ts";
import { ask, secureClient, securePair, securePeer } from "./secure.ts";
import {
  choosesProtocols,
  countsBelow,
  countsWrites,
  hearsNoConnect,
  readsNoQuickAnswer,
  waitsForNoText,
} from "./tls_facts.ts";

const { eachTcp, forEachTransport, testOver } = unless(
  servesNoSockets,
);

const LARGE = Buffer.alloc(3 << 20, "large body ");

forEachTransport(
  "STARTTLS: in the middle of a conversation of text, its listeners still attached",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const heard: string[] = [];
    client.setEncoding("utf8").on(
      "data",
      (text) => heard.push(`client ${text}`),
    );
    peer.setEncoding("utf8").on("data", (text) => heard.push(`peer ${text}`));
    client.write("STARTTLS");
    await event(peer, "data");
    peer.write("220 ready");
    await event(client, "data");
    const secure = securePeer(peer);
    assert.equal(await ask(secureClient(client), secure), "re: question");
    assert.deepEqual(heard, ["peer STARTTLS", "client 220 ready"]);
  },
);

forEachTransport(
  "tls.connect(): in the listener of 'connect', over a socket that decodes text",
  async (bed) => {
    const server = await bed.listen();
    const accepted = event(server, "connection");
    const client = bed.connect(server).setEncoding("utf8");
    const secured = new Promise<tls.TLSSocket>((resolve) =>
      client.once("connect", () => resolve(secureClient(client)))
    );
    const [peer] = await accepted as [net.Socket];
    const secure = securePeer(bed.track(peer));
    assert.equal(await ask(await secured, secure), "re: question");
  },
);

for (const transport of transports) {
  testOver(
    transport,
    "tls.connect(): over a socket that decodes text, its last plain write under way",
    async (bed) => {
      const { client, peer } = await bed.pair({
        server: { pauseOnConnect: true },
      });
      client.setEncoding("utf8");
      const written = new Promise((resolve) => client.write(LARGE, resolve));
      const secure = secureClient(client);
      const plain: Buffer[] = [];
      for (let missing = LARGE.length; missing > 0;) {
        const chunk = peer.read(Math.min(missing, peer.readableLength));
        if (chunk === null) {
          await turn();
        } else {
          plain.push(chunk);
          missing -= chunk.length;
        }
      }
      assert.ok(Buffer.concat(plain).equals(LARGE));
      assert.equal(await ask(secure, securePeer(peer)), "re: question");
      assert.ok(!(await written));
    },
    transport.ipc && waitsForNoText,
  );
}

forEachTransport(
  "tls.TLSSocket: serves a client that speaks at once, and is the runtime's own",
  async (bed) => {
    let heard = "";
    const server = await bed.listen({}, (peer) => {
      securePeer(peer).on("data", (chunk: Buffer) => heard += chunk).on(
        "end",
        function (this: tls.TLSSocket) {
          this.end(`re: ${heard}`);
        },
      );
    });
    for (let i = 0; i < 5; i++) {
      heard = "";
      const client = tls.connect({
        ...bed.transport.connectOptions(server),
        ca: cert,
        servername: "localhost",
      });
      const got = received(client);
      client.end("question");
      assert.equal(String(await got), "re: question");
    }
  },
  readsNoQuickAnswer,
);

forEachTransport(
  "tls.connect(): over a paused socket",
  async (bed) => {
    const { client, peer } = await bed.pair();
    client.pause();
    await turn();
    const secure = secureClient(client);
    assert.equal(await ask(secure, securePeer(peer)), "re: question");
  },
);

forEachTransport(
  "tls.connect(): over a connecting socket emits 'connect', then 'secureConnect'",
  async (bed) => {
    const heard: Promise<unknown[]>[] = [];
    const server = await bed.listen({}, (peer) => {
      heard.push(event(securePeer(peer), "data"));
    });
    const raw = bed.connect(server);
    const secure = secureClient(raw);
    assert.equal(secure.connecting, true);
    const events: string[] = [];
    for (const name of ["connect", "secureConnect"]) {
      secure.on(name, () => events.push(name));
    }
    secure.write("early");
    await event(secure, "secureConnect");
    assert.deepEqual(events, ["connect", "secureConnect"]);
    assert.equal(secure.connecting, false);
    assert.equal(String((await heard[0])![0]), "early");
  },
  hearsNoConnect,
);

forEachTransport(
  "tls.connect(): over a socket that connects later",
  async (bed) => {
    const server = await bed.listen({}, (peer) => {
      const secure = securePeer(peer);
      secure.once("data", (chunk: Buffer) => secure.write(`re: ${chunk}`));
    });
    const raw = bed.track(new net.Socket());
    const secure = secureClient(raw);
    raw.connect(bed.transport.connectOptions(server));
    secure.write("question");
    assert.equal(String((await event(secure, "data"))[0]), "re: question");
  },
);

eachTcp("tls.TLSSocket: has the addresses of the socket below", async (bed) => {
  const { client, peer, rawClient, rawPeer } = await securePair(bed);
  for (const [secure, raw] of [[client, rawClient], [peer, rawPeer]] as const) {
    for (
      const name of [
        "remoteAddress",
        "remotePort",
        "remoteFamily",
        "localAddress",
        "localPort",
      ] as const
    ) {
      assert.notEqual(raw[name], undefined, name);
      assert.equal(secure[name], raw[name], name);
    }
    assert.deepEqual(secure.address(), raw.address());
  }
});

forEachTransport(
  "Socket: counts what passes below TLS",
  async (bed) => {
    const { client, peer, rawClient, rawPeer } = await securePair(bed);
    const [read, written] = [rawPeer.bytesRead, rawClient.bytesWritten];
    await ask(client, peer);
    if (countsBelow) {
      assert.ok(rawPeer.bytesRead >= read + "question".length);
    }
    const isPath = rawClient.remoteAddress === undefined;
    if (countsBelow && (countsWrites || isPath)) {
      assert.ok(rawClient.bytesWritten >= written + "question".length);
    }
    assert.ok(rawClient.bytesRead > 0);
    assert.equal(rawClient.destroyed, false);
    assert.equal(rawClient.pending, false);
  },
  skipPathOfNet,
);

for (const transport of transports) {
  testOver(transport, "tls.TLSSocket: a large echo", async (bed) => {
    const { client, peer } = await securePair(bed, {
      server: { allowHalfOpen: true },
    });
    peer.pipe(new PassThrough()).pipe(peer);
    const got = received(client);
    client.end(LARGE);
    assert.ok((await got).equals(LARGE));
  }, transport.ipc && readsNoQuickAnswer);
}

forEachTransport("tls.TLSSocket: TLS in TLS", async (bed) => {
  const { client, peer } = await securePair(bed);
  const innerPeer = new tls.TLSSocket(peer, { isServer: true, key, cert });
  const inner = tls.connect({
    socket: client,
    ca: cert,
    servername: "localhost",
  });
  assert.equal(await ask(inner, innerPeer), "re: question");
  inner.destroy();
  innerPeer.on("error", () => {}).destroy();
});

forEachTransport(
  "tls.Server: emit('connection') with ALPN, and the server of ours closes",
  async (bed) => {
    const secure = tls.createServer(
      {
        key,
        cert,
        ALPNProtocols: ["one", "two"],
      },
      (socket) => {
        const { servername } = socket as unknown as { servername: string };
        socket.end(`${servername} ${socket.alpnProtocol}`);
      },
    );
    const server = await bed.listen({}, (socket) => {
      secure.emit("connection", socket);
    });
    const client = secureClient(bed.connect(server), {
      ALPNProtocols: ["two"],
    });
    const protocol = choosesProtocols ? "two" : false;
    assert.equal(String(await received(client)), `localhost ${protocol}`);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  },
);
