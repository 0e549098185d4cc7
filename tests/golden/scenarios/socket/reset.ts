/** resetAndDestroy(): what the caller sees, and what the peer sees. */
import { overBoth, overUnix, type Scenario, scenario } from "../../scenario.ts";

export const scenarios: Scenario[] = [
  scenario("the client resets", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("the server resets", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("a reset after data was exchanged", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("write", "ping");
    await peer.untilReceived(4);
    peer.call("write", "pong");
    await client.untilReceived(4);
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("a reset in the 'data' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.on("data", () => peer.call("resetAndDestroy"));
    client.call("write", "ping");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("a reset meets a half-closed peer", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      client: { allowHalfOpen: true },
      server: { allowHalfOpen: true },
    });
    peer.call("end", "half");
    await client.until("end");
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("a reset after the own end()", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      server: { allowHalfOpen: true },
    });
    client.call("end");
    await Promise.all([client.until("finish"), peer.until("end")]);
    client.call("resetAndDestroy");
    await client.until("close");
    peer.look("has read a FIN, so it sees nothing");
    peer.call("destroy");
    await peer.until("close");
  }),

  scenario(
    "a reset while connecting waits for the connection",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const reset = new Promise<void>((resolve) => {
        server.on("connection", (socket) => {
          const peer = trace.socket("peer", socket);
          resolve(peer.until("close"));
        });
      });
      const client = trace.socket("client", net.connect(where));
      client.call("resetAndDestroy");
      await client.until("close");
      await reset;
    },
  ),

  scenario("a reset while connecting to nobody", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.call("resetAndDestroy");
    await client.until("close");
  }),

  scenario("a reset of a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("resetAndDestroy");
    await client.until("close");
  }),

  scenario("a reset after destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy");
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
    client.call("resetAndDestroy");
  }),

  scenario("a reset twice", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("resetAndDestroy");
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("a reset with a write under way", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", Buffer.alloc(8 << 20), client.callback("write"));
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), client.until("callback write")]);
    peer.target.resume();
    await peer.until("close");
    trace.forget("peer");
  }),

  overUnix("a path has no reset", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("resetAndDestroy");
    client.look("unharmed");
    peer.call("resetAndDestroy");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
    client.call("resetAndDestroy");
  }),

  overUnix(
    "a path has no reset, while connecting either",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket("client", net.connect(where));
      client.call("resetAndDestroy");
      await client.until("connect");
      client.call("destroy");
      await client.until("close");
    },
  ),

  scenario("the server goes on after a reset", async (net, trace) => {
    const { client, peer, server, where } = await trace.pair();
    client.call("resetAndDestroy");
    await Promise.all([client.until("close"), peer.until("close")]);
    const log = trace.server("server", server);
    const second = trace.socket("second client", net.connect(where));
    await Promise.all([second.until("ready"), log.until("connection")]);
    second.call("destroy");
    await second.until("close");
  }),

  ...overBoth("unread data at destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", "unread");
    await peer.untilTrue((socket) => socket.bytesRead === 6);
    peer.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),
];
