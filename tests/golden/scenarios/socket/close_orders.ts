/**
 * Every order of closing: which end closes first, and which may stay half-open.
 */
import { overBoth, type Scenario } from "../../scenario.ts";
import type { Log } from "../../trace.ts";
import type { Socket } from "node:net";

type First = "client" | "server" | "both";

const word = (halfOpen: boolean): string => halfOpen ? "half-open" : "plain";

function order(
  first: First,
  clientHalf: boolean,
  serverHalf: boolean,
): Scenario[] {
  const who = first === "both" ? "both end at once" : `the ${first} ends first`;
  const name = `${who}; ${word(clientHalf)} client, ${word(serverHalf)} server`;
  return overBoth(name, async (_net, trace) => {
    const { client, peer } = await trace.pair({
      client: { allowHalfOpen: clientHalf },
      server: { allowHalfOpen: serverHalf },
    });
    const answer = async (log: Log<Socket>, halfOpen: boolean) => {
      await log.until("end");
      if (halfOpen && first !== "both") log.call("end");
    };
    if (first !== "server") client.call("end");
    if (first !== "client") peer.call("end");
    if (first !== "server") await answer(peer, serverHalf);
    if (first !== "client") await answer(client, clientHalf);
    await Promise.all([client.until("close"), peer.until("close")]);
  });
}

const orders: Scenario[] = [];
for (const first of ["client", "server", "both"] as const) {
  for (const clientHalf of [false, true]) {
    for (const serverHalf of [false, true]) {
      orders.push(...order(first, clientHalf, serverHalf));
    }
  }
}

export const scenarios: Scenario[] = [
  ...orders,

  ...overBoth("end() with data and a callback", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", "last words", client.callback("end"));
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("end() with an encoded string", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", "616263", "hex", client.callback("end"));
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("end() twice, each with a callback", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", client.callback("first"));
    client.call("end", client.callback("second"));
    await Promise.all([client.until("close"), peer.until("close")]);
    client.call("end", client.callback("third"));
    await client.until("callback third");
  }),

  ...overBoth(
    "end() in the 'connect' handler's stead: at once",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      server.on("connection", (socket) => trace.socket("peer", socket));
      const client = trace.socket("client", net.connect(where));
      client.on("connect", () => client.call("end", "hi"));
      await client.until("close");
    },
  ),

  ...overBoth(
    "the server ends in its 'connection' handler",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      let closed: Promise<void> | undefined;
      server.on("connection", (socket) => {
        const peer = trace.socket("peer", socket);
        peer.call("end", "bye");
        closed = peer.until("close");
      });
      const client = trace.socket("client", net.connect(where));
      await client.until("close");
      await closed;
    },
  ),

  ...overBoth(
    "request, then a response after the client's FIN",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({
        server: { allowHalfOpen: true },
      });
      client.call("end", "request");
      await peer.until("end");
      peer.call("write", "part one,", peer.callback("write"));
      await client.untilReceived(9);
      peer.call("end", "part two");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth(
    "the response is ended from the 'end' handler",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({
        server: { allowHalfOpen: true },
      });
      peer.on("end", () => peer.call("end", "response"));
      client.call("end", "request");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth(
    "a plain server still sends from the 'end' handler",
    async (_net, trace) => {
      const { client, peer } = await trace.pair();
      peer.on("end", () => peer.call("write", "late", peer.callback("write")));
      client.call("end", "request");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth(
    "an end without a reader stays half closed",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({
        client: { allowHalfOpen: true },
        watchPeer: { data: false },
      });
      client.call("end", "unread");
      await client.until("finish");
      await peer.untilTrue((socket) => socket.bytesRead === 6);
      peer.look("with data and FIN unread");
      peer.call("end");
      await client.until("close");
      peer.look("after its own FIN");
      peer.call("resume");
      await peer.until("close");
    },
  ),

  ...overBoth("allowHalfOpen set after the connection", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.target.allowHalfOpen = true;
    client.call("end");
    await peer.until("end");
    peer.look("still writable");
    peer.call("end", "answer");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),
];
